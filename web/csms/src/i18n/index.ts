// German and English. The language chosen is kept in the browser; else the browser's first known one counts.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import de from "./de.json";
import en from "./en.json";

export const languages = ["de", "en"] as const;
export type Language = (typeof languages)[number];
const storage_key = "ladestrom.language";

export function preferredLanguage(stored: string | null, browser: readonly string[]): Language {
  const known = (tag: string | undefined): Language | undefined =>
    languages.find((language) => language === tag?.toLowerCase().split("-")[0]);
  return known(stored ?? undefined) ?? browser.map(known).find((language) => language !== undefined) ?? "en";
}

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

export function startTranslation(): void {
  const language = preferredLanguage(localStorage.getItem(storage_key), navigator.languages);
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    resources: { de: { translation: de }, en: { translation: en } },
    interpolation: { escapeValue: false }, // React escapes
  });
  document.documentElement.lang = language;
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(storage_key, language);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}
