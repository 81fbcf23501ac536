// What a live event changes in what is shown. Pure: each function returns a new value, or the old one when
// nothing changed, so that only the tiles concerned are drawn again.
import type { Connector, MeterSample, MeterSeries, MeterValue, Series, Session, Station } from "../api/types";

export function withConnector(station: Station, connector: Connector): Station {
  if (station.id !== connector.station) {
    return station;
  }
  const others = station.connectors.filter((each) => each.evse_id !== connector.evse_id);
  const connectors = [...others, connector].sort((a, b) => a.evse_id - b.evse_id);
  return { ...station, connectors };
}

function withRunning(station: Station, running: Session[]): Station {
  const power_w = running.reduce((sum, session) => sum + (session.power_w ?? 0), 0);
  return { ...station, running_sessions: running, power_w };
}

export function withSession(station: Station, session: Session): Station {
  if (station.id !== session.station) {
    return station;
  }
  const others = station.running_sessions.filter((each) => each.id !== session.id);
  const running = session.state === "running" ? [...others, session] : others;
  if (running.length === station.running_sessions.length && session.state !== "running") {
    return station;
  }
  return withRunning(
    station,
    running.sort((a, b) => a.evse_id - b.evse_id),
  );
}

const phase_names = ["L1", "L2", "L3", "L1-N", "L2-N", "L3-N"];

// A value for the whole connector: the sample without phase, else the sum over its phases.
function total(samples: MeterSample[], measurand: string): number | undefined {
  const known = samples.filter((each) => each.measurand === measurand && each.value !== null && each.location !== "Inlet");
  const whole = known.find((each) => each.phase === "");
  if (whole) {
    return whole.value ?? undefined;
  }
  const phases = known.filter((each) => phase_names.includes(each.phase));
  return phases.length === 0 ? undefined : phases.reduce((sum, each) => sum + (each.value ?? 0), 0);
}

export function withReading(session: Session, meter: MeterValue): Session {
  if (session.id !== meter.session || session.state !== "running") {
    return session;
  }
  const energy = total(meter.samples, "Energy.Active.Import.Register");
  const power = total(meter.samples, "Power.Active.Import");
  const soc = meter.samples.find((each) => each.measurand === "SoC" && each.value !== null)?.value;
  return {
    ...session,
    power_w: power ?? session.power_w,
    soc_percent: soc ?? session.soc_percent,
    meter_last_wh: energy ?? session.meter_last_wh,
    energy_wh: energy === undefined ? session.energy_wh : Math.round(energy - session.meter_start_wh),
  };
}

export function withMeter(station: Station, meter: MeterValue): Station {
  if (station.id !== meter.station || !station.running_sessions.some((each) => each.id === meter.session)) {
    return station;
  }
  return withRunning(
    station,
    station.running_sessions.map((each) => withReading(each, meter)),
  );
}

const curve_of = (each: { measurand: string; phase: string; location: string; unit: string }) =>
  `${each.measurand}/${each.phase}/${each.location}/${each.unit}`;

// Appends to the curves; a sample that is not newer than its curve's last point was read already.
export function withPoint(curves: MeterSeries, meter: MeterValue): MeterSeries {
  if (curves.session !== meter.session) {
    return curves;
  }
  const time = Date.parse(meter.timestamp);
  let series: Series[] | undefined;
  for (const sample of meter.samples) {
    if (sample.value === null) {
      continue;
    }
    const key = curve_of(sample);
    const known = series ?? curves.series;
    const index = known.findIndex((each) => curve_of(each) === key);
    const curve = known[index];
    if (curve === undefined) {
      const { measurand, phase, location, unit } = sample;
      series = [...known, { measurand, phase, location, unit, points: [[time, sample.value]] }];
    } else if ((curve.points.at(-1)?.[0] ?? -Infinity) < time) {
      series = known.with(index, { ...curve, points: [...curve.points, [time, sample.value]] });
    }
  }
  return series === undefined ? curves : { ...curves, series };
}
