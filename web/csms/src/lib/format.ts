// Numbers, times and durations as people of a locale write them. Pure functions; components use useFormat().
const kilo = 1000;

function number(locale: string, value: number, digits: number): string {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

export function formatPower(locale: string, watts: number | null | undefined): string {
  if (watts === null || watts === undefined) {
    return "–";
  }
  const kw = watts / kilo;
  return `${number(locale, kw, Math.abs(kw) >= 100 ? 0 : 1)} kW`;
}

export function formatEnergy(locale: string, watt_hours: number | null | undefined): string {
  if (watt_hours === null || watt_hours === undefined) {
    return "–";
  }
  const kwh = watt_hours / kilo;
  if (Math.abs(kwh) >= 10_000) {
    return `${number(locale, kwh / kilo, 1)} MWh`;
  }
  return `${number(locale, kwh, Math.abs(kwh) >= 100 ? 1 : 2)} kWh`;
}

// A meter reading: never rounded, since it is compared with the meter's display.
export function formatRegister(locale: string, watt_hours: number | null | undefined): string {
  return watt_hours === null || watt_hours === undefined ? "–" : `${number(locale, watt_hours / kilo, 3)} kWh`;
}

export function formatPercent(locale: string, percent: number | null | undefined): string {
  return percent === null || percent === undefined ? "–" : `${number(locale, percent, 0)} %`;
}

export function formatCount(locale: string, value: number): string {
  return number(locale, value, 0);
}

export function formatValue(locale: string, value: number | null | undefined, digits: number, unit: string): string {
  return value === null || value === undefined ? "–" : `${number(locale, value, digits)} ${unit}`.trimEnd();
}

// 45 s, 12 min 05 s, 3 h 07 min, 2 d 4 h: two steps, the finer one padded so that a running clock does not jump.
export function formatDuration(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const seconds = total % 60;
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600) % 24;
  const days = Math.floor(total / 86_400);
  const two = (value: number) => String(value).padStart(2, "0");
  if (days > 0) {
    return `${days} d ${hours} h`;
  }
  if (hours > 0) {
    return `${hours} h ${two(minutes)} min`;
  }
  return minutes > 0 ? `${minutes} min ${two(seconds)} s` : `${seconds} s`;
}

export function formatDateTime(locale: string, time: string | number | null | undefined): string {
  if (time === null || time === undefined) {
    return "–";
  }
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(time));
}

// Today: the time alone; else the date before it.
export function formatShortTime(locale: string, time: string | number | null | undefined, now: number): string {
  if (time === null || time === undefined) {
    return "–";
  }
  const date = new Date(time);
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(date);
  if (date.toDateString() === new Date(now).toDateString()) {
    return clock;
  }
  const day = new Intl.DateTimeFormat(locale, { day: "2-digit", month: "2-digit", year: "2-digit" }).format(date);
  return `${day}, ${clock}`;
}

export function formatClockMillis(locale: string, time: string | number): string {
  return new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    hour12: false,
  }).format(new Date(time));
}

export function formatAgo(locale: string, time: string | number, now: number): string {
  const seconds = Math.round((new Date(time).getTime() - now) / 1000);
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  const size = Math.abs(seconds);
  if (size < 60) {
    return words.format(Math.min(0, seconds), "second");
  }
  if (size < 3600) {
    return words.format(Math.trunc(seconds / 60), "minute");
  }
  if (size < 86_400) {
    return words.format(Math.trunc(seconds / 3600), "hour");
  }
  return words.format(Math.trunc(seconds / 86_400), "day");
}
