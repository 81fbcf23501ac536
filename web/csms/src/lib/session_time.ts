// How long a session lasted, and what of it is a doubt. Pure.
import type { Series, Session, SessionFlag } from "../api/types";

// The newest reading of all curves, in milliseconds since 1970.
export function lastReading(all: readonly Series[]): number | null {
  const times = all.flatMap((each) => each.points.slice(-1).map(([time]) => Number(time)));
  return times.length === 0 ? null : Math.max(...times);
}

// Null: it is over, and nobody has told when.
export function endOf(session: Session, now: number, last_reading: number | null = null): number | null {
  if (session.ended !== null) {
    return Date.parse(session.ended);
  }
  return session.state === "running" ? now : last_reading;
}

export function lastedMs(session: Session, now: number, last_reading: number | null = null): number | null {
  const end = endOf(session, now, last_reading);
  return end === null ? null : Math.max(0, end - Date.parse(session.started));
}

// A matched stop is worth knowing and no reason to look.
export function doubtsOf(session: Session): SessionFlag[] {
  return session.flags.filter((flag) => flag !== "matched_stop");
}
