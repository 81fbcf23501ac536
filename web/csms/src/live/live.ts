// Joins the event stream to the query cache. Events are gathered and applied a few times a second, so that a
// busy fleet costs one drawing, not thousands.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { ConnectionChange, Connector, MeterSeries, MeterValue, Session, Station } from "../api/types";
import { createStore } from "../lib/store";
import { withConnector, withMeter, withPoint, withReading, withSession } from "./patch";
import { Refresher } from "./refresher";
import { Stream, type StreamState } from "./stream";

const gather_ms = 200;
const figures_ms = 2_000;
const stations_ms = 3_000; // a storm of reconnects asks for the whole fleet a thousand times

export const streamState = createStore<StreamState>("connecting");

type Change =
  | { kind: "station"; data: ConnectionChange }
  | { kind: "connector"; data: Connector }
  | { kind: "session"; data: Session }
  | { kind: "meter"; data: MeterValue };

function patched(station: Station, change: Change): Station {
  switch (change.kind) {
    case "station":
      return station.id === change.data.id && station.connected !== change.data.connected
        ? { ...station, connected: change.data.connected, connection: null }
        : station;
    case "connector":
      return withConnector(station, change.data);
    case "session":
      return withSession(station, change.data);
    case "meter":
      return withMeter(station, change.data);
  }
}

const station_of = (change: Change) => (change.kind === "station" ? change.data.id : change.data.station);

function patchAll(stations: Station[] | undefined, by_station: Map<string, Change[]>): Station[] | undefined {
  let next: Station[] | undefined;
  stations?.forEach((station, index) => {
    const after = (by_station.get(station.id) ?? []).reduce(patched, station);
    if (after !== station) {
      next ??= [...stations];
      next[index] = after;
    }
  });
  return next ?? stations;
}

class Live {
  private changes: Change[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly stations: Refresher;
  private readonly figures: Refresher;

  constructor(private readonly client: QueryClient) {
    // What is being read goes on: broken off again and again it would never come to an end.
    const anew = (key: string) => void this.client.invalidateQueries({ queryKey: [key] }, { cancelRefetch: false });
    this.stations = new Refresher(stations_ms, () => {
      anew("stations");
      anew("unknown-stations");
    });
    this.figures = new Refresher(figures_ms, () => anew("summary"));
  }

  take(change: Change): void {
    this.changes.push(change);
    this.timer ??= setTimeout(() => this.apply(), gather_ms);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.stations.stop();
    this.figures.stop();
  }

  // Everything shown may be old: read it anew.
  refresh(): void {
    this.changes = [];
    void this.client.invalidateQueries();
  }

  private apply(): void {
    this.timer = undefined;
    const changes = this.changes;
    this.changes = [];
    const by_station = new Map<string, Change[]>();
    for (const change of changes) {
      const id = station_of(change);
      by_station.set(id, [...(by_station.get(id) ?? []), change]);
    }
    this.client.setQueryData<Station[]>(["stations"], (stations) => patchAll(stations, by_station));
    for (const [id, list] of by_station) {
      this.client.setQueryData<Station>(["station", id], (station) => station && list.reduce(patched, station));
    }
    changes.forEach((change) => this.applyToSession(change));
    if (changes.some((change) => change.kind === "station")) {
      this.stations.ask();
      for (const change of changes) {
        if (change.kind === "station") {
          void this.client.invalidateQueries({ queryKey: ["station", change.data.id] });
        }
      }
    }
    this.figures.ask();
  }

  private applyToSession(change: Change): void {
    if (change.kind === "meter") {
      const { data } = change;
      this.client.setQueryData<MeterSeries>(["meter-values", data.session], (curves) => curves && withPoint(curves, data));
      this.client.setQueryData<Session>(["session", data.session], (session) => session && withReading(session, data));
    } else if (change.kind === "session") {
      const { data } = change;
      const before = this.client.getQueryData<Session>(["session", data.id]);
      if (before) {
        this.client.setQueryData<Session>(["session", data.id], data);
      }
      this.applyToLists(data);
    }
  }

  // A session that a list shows is replaced in place; a new or just ended one may belong on other lists.
  private applyToLists(session: Session): void {
    let moved = true;
    this.client.setQueriesData<InfiniteData<{ items: Session[] }>>({ queryKey: ["sessions"] }, (list) => {
      const page = list?.pages.findIndex((each) => each.items.some((item) => item.id === session.id)) ?? -1;
      const shown = list?.pages[page];
      if (!list || !shown) {
        return list;
      }
      moved &&= shown.items.some((item) => item.id === session.id && item.state !== session.state);
      const items = shown.items.map((item) => (item.id === session.id ? session : item));
      return { ...list, pages: list.pages.with(page, { ...shown, items }) };
    });
    if (moved) {
      void this.client.invalidateQueries({ queryKey: ["sessions"] });
    }
  }
}

export function startLive(client: QueryClient): () => void {
  const live = new Live(client);
  const stream = new Stream("/api/v1/events", {
    events: {
      station: (data) => live.take({ kind: "station", data: data as ConnectionChange }),
      connector: (data) => live.take({ kind: "connector", data: data as Connector }),
      session: (data) => live.take({ kind: "session", data: data as Session }),
      meter: (data) => live.take({ kind: "meter", data: data as MeterValue }),
      token: () => void client.invalidateQueries({ queryKey: ["tokens"] }),
    },
    on_state: (state, first) => {
      streamState.set((before) => (state === "connecting" && before === "lost" ? before : state));
      if (state === "open" && !first) {
        live.refresh();
      } else if (state === "lost") {
        void client.invalidateQueries({ queryKey: ["me"] }); // the login may have ended
      }
    },
  });
  return () => {
    live.stop();
    stream.close();
  };
}
