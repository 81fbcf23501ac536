// Refusals and failures as sentences.
import type { TFunction } from "i18next";
import { ApiError } from "../api/client";
import { StationRefusal } from "../api/call";

export function errorText(t: TFunction, error: unknown): string {
  if (error instanceof ApiError) {
    const sentence = t(`error.${error.code}`);
    // The server's own sentence says which field, which station, which limit; it is in English.
    const adds = error.status !== 0 && error.status !== 401 && error.message !== "" && !error.message.startsWith("HTTP ");
    return adds ? `${sentence} ${t("error.server_says", { message: error.message })}` : sentence;
  }
  if (error instanceof StationRefusal) {
    return t("error.station_refusal", { reason: error.message });
  }
  return t("error.unexpected", { message: error instanceof Error ? error.message : String(error) });
}
