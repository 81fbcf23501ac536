// From a session's meter curves to what the charts draw. Pure.
import type { Series } from "../api/types";

export interface Curve {
  name: "total" | "L1" | "L2" | "L3";
  points: [number, number][]; // milliseconds since 1970, value
  derived: boolean; // computed from other readings, not sent by the station
}

const phases = ["L1", "L2", "L3"] as const;
const phase_of = (series: Series) => series.phase.replace(/-N$/, "");
const points_of = (series: Series | undefined) => (series?.points ?? []) as [number, number][];

// Readings of the outlet; the inlet of a DC station is another circuit.
function find(all: readonly Series[], measurand: string, phase: string): Series | undefined {
  return all.find((each) => each.measurand === measurand && phase_of(each) === phase && each.location !== "Inlet");
}

function perPhase(all: readonly Series[], measurand: string): Curve[] {
  return phases.flatMap((name) => {
    const points = points_of(find(all, measurand, name));
    return points.length === 0 ? [] : [{ name, points, derived: false }];
  });
}

// Sum of curves at the times that all of them know.
export function sum(curves: readonly Curve[]): [number, number][] {
  const at = new Map<number, { value: number; count: number }>();
  for (const curve of curves) {
    for (const [time, value] of curve.points) {
      const known = at.get(time) ?? { value: 0, count: 0 };
      at.set(time, { value: known.value + value, count: known.count + 1 });
    }
  }
  return [...at.entries()]
    .filter(([, each]) => each.count === curves.length)
    .sort(([a], [b]) => a - b)
    .map(([time, each]) => [time, each.value]);
}

// Mean power between two readings of the register, W from Wh; drawn at the later one.
export function slope(points: readonly [number, number][]): [number, number][] {
  const out: [number, number][] = [];
  for (let i = 1; i < points.length; i++) {
    const [before, energy_before] = points[i - 1] as [number, number];
    const [time, energy] = points[i] as [number, number];
    if (time > before && energy >= energy_before) {
      out.push([time, ((energy - energy_before) * 3_600_000) / (time - before)]);
    }
  }
  return out;
}

function phasePowerFromCurrent(all: readonly Series[]): Curve[] {
  return perPhase(all, "Current.Import").flatMap((current) => {
    const voltage = find(all, "Voltage", current.name) ?? find(all, "Voltage", "");
    const at = new Map(points_of(voltage));
    const points = current.points.flatMap(([time, amperes]): [number, number][] => {
      const volts = at.get(time);
      return volts === undefined ? [] : [[time, amperes * volts]];
    });
    return points.length === 0 ? [] : [{ name: current.name, points, derived: true }];
  });
}

// Total first, then the phases; what the station does not send is computed where its readings allow.
export function powerCurves(all: readonly Series[]): Curve[] {
  const sent = perPhase(all, "Power.Active.Import");
  const by_phase = sent.length > 0 ? sent : phasePowerFromCurrent(all);
  const whole = points_of(find(all, "Power.Active.Import", ""));
  const total: Curve =
    whole.length > 0
      ? { name: "total", points: whole, derived: false }
      : by_phase.length > 0
        ? { name: "total", points: sum(by_phase), derived: true }
        : { name: "total", points: slope(points_of(find(all, "Energy.Active.Import.Register", ""))), derived: true };
  return [total, ...by_phase].filter((curve) => curve.points.length > 0);
}

export function energyCurve(all: readonly Series[], meter_start_wh: number): Curve[] {
  const register = points_of(find(all, "Energy.Active.Import.Register", ""));
  const points = register.map(([time, value]): [number, number] => [time, value - meter_start_wh]);
  return points.length === 0 ? [] : [{ name: "total", points, derived: false }];
}

export function currentCurves(all: readonly Series[]): Curve[] {
  const by_phase = perPhase(all, "Current.Import");
  const whole = points_of(find(all, "Current.Import", ""));
  return by_phase.length > 0 || whole.length === 0 ? by_phase : [{ name: "total", points: whole, derived: false }];
}

export function socCurve(all: readonly Series[]): Curve[] {
  const points = all.find((each) => each.measurand === "SoC")?.points as [number, number][] | undefined;
  return points === undefined || points.length === 0 ? [] : [{ name: "total", points, derived: false }];
}

// One time axis for all curves, null where a curve has no reading; uPlot's form, seconds.
export function aligned(curves: readonly Curve[], scale: number): (number | null)[][] {
  const times = [...new Set(curves.flatMap((curve) => curve.points.map(([time]) => time)))].sort((a, b) => a - b);
  const rows = curves.map((curve) => {
    const at = new Map(curve.points);
    return times.map((time) => {
      const value = at.get(time);
      return value === undefined ? null : value * scale;
    });
  });
  return [times.map((time) => time / 1000), ...rows];
}
