import { describe, expect, it } from "vitest";
import type { ConnectorStatus, Station } from "../api/types";
import { canStart, countGroups, inOrder, matchesSearch, sockets, speaks16, stationGroup, tokenLength } from "./station_state";

const station = (connected: boolean, ...statuses: ConnectorStatus[]): Station =>
  ({
    id: "DE-1",
    name: "Hof Nord",
    vendor: "Acme",
    model: "Wall 22",
    serial_number: "SN9",
    connected,
    running_sessions: [],
    connectors: statuses.map((status, evse_id) => ({
      station: "DE-1",
      evse_id,
      status,
      error: "NoError",
      info: "",
      vendor_error_code: "",
      since: "",
    })),
  }) as unknown as Station;

describe("the state of a station", () => {
  it.each<[string, Station]>([
    ["offline", station(false, "Available", "Charging")],
    ["faulted", station(true, "Available", "Charging", "Faulted")],
    ["faulted", station(true, "Faulted", "Available")],
    ["charging", station(true, "Available", "Available", "Charging")],
    ["occupied", station(true, "Available", "SuspendedEV", "Available")],
    ["occupied", station(true, "Available", "Reserved")],
    ["available", station(true, "Available", "Available", "Unavailable")],
    ["unavailable", station(true, "Available", "Unavailable")],
    ["unavailable", station(true, "Unavailable", "Available")],
    ["available", station(true)],
  ])("%s", (group, shown) => expect(stationGroup(shown)).toBe(group));

  it("is counted once per station", () => {
    expect(countGroups([station(true, "Available", "Charging"), station(false)])).toMatchObject({
      charging: 1,
      offline: 1,
      faulted: 0,
    });
  });
});

it("hides connector 0 among the sockets", () => {
  expect(sockets(station(true, "Available", "Charging")).map((each) => each.evse_id)).toEqual([1]);
});

it("finds a station by any of its words", () => {
  expect(matchesSearch(station(true), "nord acme")).toBe(true);
  expect(matchesSearch(station(true), "sn9")).toBe(true);
  expect(matchesSearch(station(true), "nord süd")).toBe(false);
  expect(matchesSearch(station(true), "")).toBe(true);
});

it("offers a start only where a session could begin", () => {
  const at = (connected: boolean, status: ConnectorStatus) => {
    const shown = station(connected, "Available", status);
    return canStart(shown, shown.connectors[1]!);
  };
  expect(at(true, "Preparing")).toBe(true);
  expect(at(true, "Faulted")).toBe(false);
  expect(at(true, "Charging")).toBe(false);
  expect(at(false, "Available")).toBe(false);
});

describe("the version of a station", () => {
  it.each([
    [null, true, 20],
    ["1.6", true, 20],
    ["2.0.1", false, 36],
    ["2.1", false, 255],
  ])("%s", (version, speaks, length) => {
    const one = { ...station(true), version } as Station;
    expect(speaks16(one)).toBe(speaks);
    expect(tokenLength(one)).toBe(length);
  });
});

it("orders the versions that a person chose, and knows no other", () => {
  expect(inOrder(["2.1", "1.6", "3.0"])).toEqual(["1.6", "2.1"]);
  expect(inOrder([])).toEqual([]);
});
