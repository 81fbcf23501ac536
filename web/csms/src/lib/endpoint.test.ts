import { expect, it } from "vitest";
import { stationUrl } from "./endpoint";

const version = { name: "ladestrom-csms", version: "1", api: "1", ocpp: [] };
const page = { hostname: "charge.example", port: "8080", protocol: "http:" };

it("prefers the encrypted listener", () => {
  const station_listeners = [
    { port: 9000, tls: false, path: "/" },
    { port: 9443, tls: true, path: "/ocpp/" },
  ];
  expect(stationUrl({ ...version, station_listeners }, page, "CP1")).toBe("wss://charge.example:9443/ocpp/CP1");
  expect(stationUrl({ ...version, station_listeners: station_listeners.slice(0, 1) }, page, "")).toBe(
    "ws://charge.example:9000/",
  );
});

it("writes IPv6 addresses in brackets", () => {
  const station_listeners = [{ port: 9000, tls: false, path: "/" }];
  expect(stationUrl({ ...version, station_listeners }, { ...page, hostname: "::1" }, "CP1")).toBe("ws://[::1]:9000/CP1");
});

it("falls back to the dashboard's own port", () => {
  expect(stationUrl(version, page, "CP1")).toBe("ws://charge.example:8080/CP1");
  expect(stationUrl(undefined, { ...page, port: "", protocol: "https:" }, "CP1")).toBe("wss://charge.example/CP1");
});
