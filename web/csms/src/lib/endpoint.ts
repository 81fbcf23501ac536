// The address to type into a real station.
import type { Version } from "../api/types";

// `page`: where this dashboard was reached. A server that does not tell its listeners is assumed to take stations
// on the dashboard's own port.
export function stationUrl(version: Version | undefined, page: { hostname: string; port: string; protocol: string }, identity: string): string {
  const host = page.hostname.includes(":") && !page.hostname.startsWith("[") ? `[${page.hostname}]` : page.hostname;
  const listeners = version?.station_listeners ?? [];
  const listener = listeners.find((each) => each.tls) ?? listeners[0];
  if (listener) {
    return `${listener.tls ? "wss" : "ws"}://${host}:${listener.port}${listener.path}${identity}`;
  }
  const port = page.port === "" ? "" : `:${page.port}`;
  return `${page.protocol === "https:" ? "wss" : "ws"}://${host}${port}/${identity}`;
}
