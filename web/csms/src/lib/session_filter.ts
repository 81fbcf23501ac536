// The filter of the session list, from the address and back to the REST interface. Days are the browser's.
import type { SessionFilter } from "../api/queries";

export interface FilterText {
  station: string;
  token: string;
  state: string;
  flagged: string;
  from: string; // a day, as in 2026-03-01
  to: string; // the last day that counts
}

function dayStart(day: string, add_days = 0): string | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!match) {
    return undefined;
  }
  const date = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + add_days);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

export function sessionFilter(text: FilterText): SessionFilter {
  const filter: SessionFilter = {
    station: text.station || undefined,
    token: text.token || undefined,
    state: text.state === "running" || text.state === "ended" ? text.state : undefined,
    flagged: text.flagged === "" ? undefined : true,
    from: dayStart(text.from),
    to: dayStart(text.to, 1),
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
