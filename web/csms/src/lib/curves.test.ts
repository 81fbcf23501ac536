import { describe, expect, it } from "vitest";
import type { Series } from "../api/types";
import { aligned, currentCurves, energyCurve, powerCurves, slope, socCurve } from "./curves";

const series = (measurand: string, phase: string, points: [number, number][], location = "Outlet"): Series => ({
  measurand,
  phase,
  location,
  unit: "",
  points,
});

describe("power", () => {
  it("takes total and phases as sent", () => {
    const curves = powerCurves([
      series("Power.Active.Import", "L1", [[1000, 2300]]),
      series("Power.Active.Import", "", [[1000, 6900]]),
    ]);
    expect(curves.map((each) => [each.name, each.derived, each.points])).toEqual([
      ["total", false, [[1000, 6900]]],
      ["L1", false, [[1000, 2300]]],
    ]);
  });
  it("computes the phases from current and voltage, the total from the phases", () => {
    const curves = powerCurves([
      series("Current.Import", "L1", [[1000, 10], [2000, 16]]),
      series("Current.Import", "L2", [[1000, 10]]),
      series("Voltage", "L1-N", [[1000, 230], [2000, 231]]),
      series("Voltage", "L2-N", [[1000, 229]]),
    ]);
    expect(curves.map((each) => [each.name, each.derived])).toEqual([
      ["total", true],
      ["L1", true],
      ["L2", true],
    ]);
    expect(curves[0]?.points).toEqual([[1000, 4590]]); // at 2000 one phase is missing: no sum
  });
  it("falls back to the slope of the register", () => {
    const curves = powerCurves([series("Energy.Active.Import.Register", "", [[0, 1000], [60_000, 1100]])]);
    expect(curves).toEqual([{ name: "total", derived: true, points: [[60_000, 6000]] }]);
  });
  it("has none without readings", () => {
    expect(powerCurves([])).toEqual([]);
  });
  it("leaves the inlet out", () => {
    expect(powerCurves([series("Power.Active.Import", "", [[1, 2]], "Inlet")])).toEqual([]);
  });
});

it("draws no negative or endless power where the register jumps", () => {
  expect(slope([[0, 100], [0, 200], [1000, 50]])).toEqual([]);
});

it("counts energy from the session's start", () => {
  expect(energyCurve([series("Energy.Active.Import.Register", "", [[5, 1500]])], 1000)[0]?.points).toEqual([[5, 500]]);
});

it("shows current per phase when it is known", () => {
  expect(currentCurves([series("Current.Import", "", [[1, 9]]), series("Current.Import", "L2", [[1, 8]])])).toEqual([
    { name: "L2", points: [[1, 8]], derived: false },
  ]);
  expect(currentCurves([series("Current.Import", "", [[1, 9]])])[0]?.name).toBe("total");
});

it("finds the state of charge wherever it is measured", () => {
  expect(socCurve([series("SoC", "", [[1, 40]], "EV")])[0]?.points).toEqual([[1, 40]]);
});

it("puts curves on one time axis", () => {
  const curve = (points: [number, number][]) => ({ name: "total" as const, points, derived: false });
  expect(aligned([curve([[1000, 1], [3000, 3]]), curve([[2000, 2]])], 10)).toEqual([
    [1, 2, 3],
    [10, null, 30],
    [null, 20, null],
  ]);
});
