// German and English. The language chosen is kept in the browser; else the browser's first known one counts.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type en from "./en.json";

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

// Each language is complete (a test sees to it), so only the one shown is loaded.
async function load(language: Language): Promise<typeof en> {
  return (language === "de" ? await import("./de.json") : await import("./en.json")).default;
}

export async function startTranslation(): Promise<void> {
  const language = preferredLanguage(localStorage.getItem(storage_key), navigator.languages);
  document.documentElement.lang = language;
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation: await load(language) } },
    interpolation: { escapeValue: false }, // React escapes
  });
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(storage_key, language); // first, so that a page left at once keeps the choice
  i18next.addResourceBundle(language, "translation", await load(language));
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}
