// What state a station and its connectors are in, as the fleet page sorts, counts and filters them.
import type { Connector, ConnectorStatus, OcppVersion, Session, Station } from "../api/types";

export const station_groups = ["faulted", "charging", "occupied", "available", "unavailable", "offline"] as const;
export type StationGroup = (typeof station_groups)[number];

const group_of_status: Record<ConnectorStatus, StationGroup> = {
  Available: "available",
  Preparing: "occupied",
  Charging: "charging",
  SuspendedEVSE: "occupied",
  SuspendedEV: "occupied",
  Finishing: "occupied",
  Reserved: "occupied",
  Unavailable: "unavailable",
  Faulted: "faulted",
};

// Connector 0 is the station as a whole and has no socket (OCPP 1.6 section 4.9).
export function sockets(station: Station): Connector[] {
  return station.connectors.filter((connector) => connector.evse_id > 0);
}

// The most telling state among its connectors; a station that is not connected is offline whatever it said last.
export function stationGroup(station: Station): StationGroup {
  if (!station.connected) {
    return "offline";
  }
  if (station.connectors.some((connector) => connector.status === "Faulted")) {
    return "faulted";
  }
  if (station.connectors.some((connector) => connector.evse_id === 0 && connector.status === "Unavailable")) {
    return "unavailable";
  }
  const groups = new Set(sockets(station).map((connector) => group_of_status[connector.status]));
  return (["charging", "occupied", "available", "unavailable"] as const).find((group) => groups.has(group)) ?? "available";
}

export function countGroups(stations: readonly Station[]): Record<StationGroup, number> {
  const counts = { faulted: 0, charging: 0, occupied: 0, available: 0, unavailable: 0, offline: 0 };
  for (const station of stations) {
    counts[stationGroup(station)]++;
  }
  return counts;
}

export function matchesSearch(station: Station, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const text = [station.id, station.name, station.vendor, station.model, station.serial_number].join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}

export function runningOn(station: Station, evse_id: number): Session | undefined {
  return station.running_sessions.find((session) => session.evse_id === evse_id);
}

export function titleOf(station: Pick<Station, "id" | "name">): string {
  return station.name === "" ? station.id : station.name;
}

// A start makes sense where no session runs and the connector could take one.
export function canStart(station: Station, connector: Connector): boolean {
  return (
    station.connected &&
    runningOn(station, connector.evse_id) === undefined &&
    ["Available", "Preparing", "Finishing", "Reserved"].includes(connector.status)
  );
}

// Whoever adds a version to the description of the API is told here.
const every_version: Record<OcppVersion, true> = { "1.6": true, "2.0.1": true, "2.1": true };
export const ocpp_versions = Object.keys(every_version) as readonly OcppVersion[];

// In the order in which the server tells them, whatever was chosen first.
export function inOrder(versions: readonly string[]): OcppVersion[] {
  return ocpp_versions.filter((version) => versions.includes(version));
}

// Before its first connection a station is taken to speak what most do.
export function speaks16(station: Station): boolean {
  return station.version === null || station.version === "1.6";
}

// Characters of a token at most (OCPP 1.6 section 7.28; IdTokenType of 2.0.1 and 2.1).
export function tokenLength(station: Station): number {
  return speaks16(station) ? 20 : station.version === "2.0.1" ? 36 : 255;
}
