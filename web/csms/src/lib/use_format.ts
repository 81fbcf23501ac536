// The formatting functions bound to the language chosen; numbers and dates follow the browser's region when it
// speaks that language (de-AT, en-US).
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import * as format from "./format";

export function localeFor(language: string, preferred: readonly string[]): string {
  const regional = preferred.find((tag) => tag.toLowerCase().split("-")[0] === language && tag.includes("-"));
  return regional ?? (language === "de" ? "de-DE" : "en-GB");
}

export function useFormat() {
  const { i18n } = useTranslation();
  const language = i18n.resolvedLanguage ?? "en";
  return useMemo(() => {
    const locale = localeFor(language, navigator.languages);
    return {
      locale,
      power: (watts: number | null | undefined) => format.formatPower(locale, watts),
      energy: (watt_hours: number | null | undefined) => format.formatEnergy(locale, watt_hours),
      register: (watt_hours: number | null | undefined) => format.formatRegister(locale, watt_hours),
      percent: (percent: number | null | undefined) => format.formatPercent(locale, percent),
      count: (value: number) => format.formatCount(locale, value),
      value: (value: number | null | undefined, digits: number, unit: string) =>
        format.formatValue(locale, value, digits, unit),
      duration: format.formatDuration,
      dateTime: (time: string | number | null | undefined) => format.formatDateTime(locale, time),
      shortTime: (time: string | number | null | undefined, now = Date.now()) =>
        format.formatShortTime(locale, time, now),
      clockMillis: (time: string | number) => format.formatClockMillis(locale, time),
      ago: (time: string | number, now = Date.now()) => format.formatAgo(locale, time, now),
    };
  }, [language]);
}
