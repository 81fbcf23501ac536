import { describe, expect, it } from "vitest";
import type { Series, Session } from "../api/types";
import { doubtsOf, endOf, lastedMs, lastReading } from "./session_time";

const started = "2026-03-01T10:00:00.000Z";
const minutes = (count: number) => Date.parse(started) + count * 60_000;
const session = (change: Partial<Session>) => ({ state: "running", started, ended: null, flags: [], ...change }) as unknown as Session;
const series = (...times: number[]) => ({ points: times.map((time) => [time, 1]) }) as unknown as Series;

describe("the duration of a session", () => {
  it("grows while it runs and ends with it", () => {
    expect(lastedMs(session({}), minutes(7))).toBe(7 * 60_000);
    expect(lastedMs(session({ state: "ended", ended: "2026-03-01T10:05:00.000Z" }), minutes(90))).toBe(5 * 60_000);
  });
  it("of one that never stopped is that of its readings, or not known", () => {
    const never_stopped = session({ state: "ended", flags: ["never_stopped"] });
    expect(lastedMs(never_stopped, minutes(90))).toBeNull();
    expect(endOf(never_stopped, minutes(90), minutes(12))).toBe(minutes(12));
  });
  it("knows the newest reading of all curves", () => {
    expect(lastReading([series(1, 5), series(2, 9), series()])).toBe(9);
    expect(lastReading([])).toBeNull();
  });
});

it("counts a matched stop as no doubt", () => {
  expect(doubtsOf(session({ flags: ["matched_stop", "unauthorized"] }))).toEqual(["unauthorized"]);
});
