import { beforeEach, expect, it } from "vitest";
import { noteRebootNeeded, rebootNeeded } from "./reboot_needed";

const kept = new Map<string, string>();
const storage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
};
const noon = Date.parse("2026-03-01T12:00:00Z");
beforeEach(() => kept.clear());

it("remembers keys until the station boots again", () => {
  noteRebootNeeded(storage, "CP1", "A", "2026-03-01T08:00:00Z", noon);
  noteRebootNeeded(storage, "CP1", "B", "2026-03-01T08:00:00Z", noon + 1000);
  expect(rebootNeeded(storage, "CP1", "2026-03-01T08:00:00Z")).toEqual(["A", "B"]);
  expect(rebootNeeded(storage, "CP1", null)).toEqual(["A", "B"]);
  expect(rebootNeeded(storage, "CP2", null)).toEqual([]);
  expect(rebootNeeded(storage, "CP1", "2026-03-01T12:05:00Z")).toEqual([]);
  expect(kept.size).toBe(0);
});
