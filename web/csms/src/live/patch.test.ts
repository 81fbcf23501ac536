import { describe, expect, it } from "vitest";
import type { MeterSeries, MeterValue, Session, Station } from "../api/types";
import { withConnector, withMeter, withPoint, withSession } from "./patch";

const session = (change: Partial<Session> = {}): Session => ({
  id: "00000000000000aa",
  station: "CP1",
  evse_id: 1,
  transaction_id: "7",
  token: "CARD",
  authorization: "Accepted",
  state: "running",
  started: "2026-03-01T10:00:00Z",
  ended: null,
  meter_start_wh: 1000,
  meter_stop_wh: null,
  meter_last_wh: null,
  energy_wh: null,
  power_w: null,
  soc_percent: null,
  stop_reason: null,
  stop_token: null,
  flags: [],
  billable: true,
  ...change,
});

const station = (change: Partial<Station> = {}): Station => ({
  id: "CP1",
  name: "",
  admission: "accepted",
  has_password: true,
  security_profile: 1,
  versions: [],
  vendor: "",
  model: "",
  serial_number: "",
  firmware_version: "",
  iccid: "",
  imsi: "",
  meter_type: "",
  meter_serial_number: "",
  version: "1.6",
  last_boot: null,
  last_seen: null,
  created: null,
  connected: true,
  connection: null,
  connectors: [],
  running_sessions: [],
  power_w: 0,
  ...change,
});

const sample = (measurand: string, value: number | null, phase = "") => ({
  measurand,
  phase,
  location: "Outlet",
  context: "Sample.Periodic",
  unit: "",
  value,
});

const meter = (samples: MeterValue["samples"], timestamp = "2026-03-01T10:01:00Z"): MeterValue => ({
  station: "CP1",
  evse_id: 1,
  session: "00000000000000aa",
  timestamp,
  samples,
});

describe("connectors", () => {
  const connector = (evse_id: number, status: "Available" | "Charging") => ({
    station: "CP1",
    evse_id,
    status,
    error: "NoError",
    info: "",
    vendor_error_code: "",
    since: "2026-03-01T10:00:00Z",
  });
  it("replaces one and keeps the order", () => {
    let shown = withConnector(station(), connector(2, "Available"));
    shown = withConnector(shown, connector(1, "Available"));
    shown = withConnector(shown, connector(2, "Charging"));
    expect(shown.connectors.map((each) => [each.evse_id, each.status])).toEqual([
      [1, "Available"],
      [2, "Charging"],
    ]);
  });
  it("leaves other stations untouched", () => {
    const other = station({ id: "CP2" });
    expect(withConnector(other, connector(1, "Charging"))).toBe(other);
  });
});

describe("sessions", () => {
  it("adds a running one, drops an ended one", () => {
    const charging = withSession(station(), session({ power_w: 7000 }));
    expect(charging.running_sessions).toHaveLength(1);
    expect(charging.power_w).toBe(7000);
    const idle = withSession(charging, session({ state: "ended", power_w: 7000 }));
    expect(idle.running_sessions).toHaveLength(0);
    expect(idle.power_w).toBe(0);
  });
  it("ignores the end of one that is not shown", () => {
    const shown = station();
    expect(withSession(shown, session({ state: "ended" }))).toBe(shown);
  });
});

describe("readings", () => {
  const charging = station({ running_sessions: [session()] });
  it("takes energy from the register, power summed over phases when there is no total", () => {
    const shown = withMeter(
      charging,
      meter([
        sample("Energy.Active.Import.Register", 3500),
        sample("Power.Active.Import", 1000, "L1"),
        sample("Power.Active.Import", 1200, "L2"),
        sample("SoC", 55),
      ]),
    );
    expect(shown.running_sessions[0]).toMatchObject({ energy_wh: 2500, power_w: 2200, soc_percent: 55 });
    expect(shown.power_w).toBe(2200);
  });
  it("prefers the total over the phases", () => {
    const shown = withMeter(
      charging,
      meter([sample("Power.Active.Import", 3000), sample("Power.Active.Import", 1000, "L1")]),
    );
    expect(shown.power_w).toBe(3000);
  });
  it("keeps what a reading does not tell", () => {
    const before = station({ running_sessions: [session({ energy_wh: 42, soc_percent: 10 })] });
    const shown = withMeter(before, meter([sample("Voltage", 230, "L1-N"), sample("SoC", null)]));
    expect(shown.running_sessions[0]).toMatchObject({ energy_wh: 42, soc_percent: 10, power_w: null });
  });
});

describe("curves", () => {
  const empty: MeterSeries = { session: "00000000000000aa", series: [], signed: [], truncated: false };
  it("starts and extends curves, once per time", () => {
    const first = withPoint(empty, meter([sample("SoC", 50), sample("Power.Active.Import", null)]));
    expect(first.series).toHaveLength(1);
    expect(withPoint(first, meter([sample("SoC", 50)]))).toBe(first);
    const second = withPoint(first, meter([sample("SoC", 51)], "2026-03-01T10:02:00Z"));
    expect(second.series[0]?.points.map((point) => point[1])).toEqual([50, 51]);
  });
  it("takes no reading of another session", () => {
    expect(withPoint({ ...empty, session: "other" }, meter([sample("SoC", 50)]))).toEqual({ ...empty, session: "other" });
  });
});
