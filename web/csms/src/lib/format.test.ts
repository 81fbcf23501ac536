import { describe, expect, it } from "vitest";
import {
  formatAgo,
  formatDuration,
  formatEnergy,
  formatPower,
  formatRegister,
  formatShortTime,
} from "./format";

describe("power and energy", () => {
  it("follows the locale's decimal sign", () => {
    expect(formatPower("de-DE", 7360)).toBe("7,4 kW");
    expect(formatPower("en-GB", 7360)).toBe("7.4 kW");
    expect(formatEnergy("de-DE", 12_345)).toBe("12,35 kWh");
  });
  it("keeps big figures short and registers exact", () => {
    expect(formatPower("en-GB", 123_456)).toBe("123 kW");
    expect(formatEnergy("en-GB", 12_345_678)).toBe("12.3 MWh");
    expect(formatRegister("en-GB", 1_234_567)).toBe("1,234.567 kWh");
  });
  it("says unknown, not zero", () => {
    expect(formatPower("en-GB", null)).toBe("–");
    expect(formatEnergy("en-GB", undefined)).toBe("–");
    expect(formatPower("en-GB", 0)).toBe("0.0 kW");
  });
});

describe("durations", () => {
  it.each([
    [0, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min 00 s"],
    [725_000, "12 min 05 s"],
    [3_600_000 + 7 * 60_000, "1 h 07 min"],
    [2 * 86_400_000 + 4 * 3_600_000, "2 d 4 h"],
    [-5000, "0 s"],
  ])("%d ms", (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));
});

describe("times", () => {
  const now = new Date("2026-03-01T12:00:00").getTime();
  it("leaves the date out today", () => {
    expect(formatShortTime("de-DE", new Date("2026-03-01T08:05:00").getTime(), now)).toBe("08:05");
    expect(formatShortTime("de-DE", new Date("2026-02-28T08:05:00").getTime(), now)).toBe("28.02.26, 08:05");
  });
  it("never lies in the future when clocks differ", () => {
    expect(formatAgo("en-GB", now + 3000, now)).toBe("now");
    expect(formatAgo("en-GB", now - 2 * 3_600_000, now)).toMatch(/^2 h/);
  });
});
