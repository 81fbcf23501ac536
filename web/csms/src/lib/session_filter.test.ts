import { expect, it } from "vitest";
import { sessionFilter } from "./session_filter";

const none = { station: "", token: "", state: "", flagged: "", from: "", to: "" };

it("asks for nothing that was not chosen", () => {
  expect(sessionFilter(none)).toEqual({});
  expect(sessionFilter({ ...none, state: "nonsense", from: "01.03.2026" })).toEqual({});
});

it("counts the last day in", () => {
  const filter = sessionFilter({ ...none, station: "CP1", flagged: "1", from: "2026-03-31", to: "2026-03-31" });
  expect(filter).toMatchObject({ station: "CP1", flagged: true });
  expect(new Date(filter.from ?? "").getTime()).toBe(new Date(2026, 2, 31).getTime());
  expect(new Date(filter.to ?? "").getTime()).toBe(new Date(2026, 3, 1).getTime());
});
