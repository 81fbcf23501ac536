import { expect, it } from "vitest";
import { localTimeText, timeFromLocalText } from "./local_time";

it("goes there and back", () => {
  const time = new Date(2026, 2, 1, 8, 5).toISOString();
  expect(localTimeText(time)).toBe("2026-03-01T08:05");
  expect(timeFromLocalText("2026-03-01T08:05")).toBe(time);
  expect(localTimeText(null)).toBe("");
  expect(timeFromLocalText("")).toBeNull();
});
