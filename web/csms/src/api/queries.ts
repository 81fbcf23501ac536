// What the pages read, each under the cache key that live updates patch or invalidate.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "./client";
import type { Station } from "./types";

const page_size = 50;
const max_station_pages = 40; // 20 000 stations: past that the search field is the way

async function allStations(signal: AbortSignal): Promise<Station[]> {
  const stations: Station[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < max_station_pages; page++) {
    const answer = await api("get", "/stations", { query: { limit: 500, cursor }, signal });
    stations.push(...answer.items);
    if (!answer.next) {
      break;
    }
    cursor = answer.next;
  }
  return stations;
}

export interface SessionFilter {
  station?: string;
  token?: string;
  state?: "running" | "ended";
  flagged?: boolean;
  from?: string;
  to?: string;
}

export const queries = {
  me: () => queryOptions({ queryKey: ["me"], queryFn: ({ signal }) => api("get", "/me", { signal }) }),
  version: () =>
    queryOptions({
      queryKey: ["version"],
      queryFn: ({ signal }) => api("get", "/version", { signal }),
      staleTime: Infinity,
    }),
  summary: () =>
    queryOptions({
      queryKey: ["summary"],
      queryFn: ({ signal }) => api("get", "/summary", { signal }),
      refetchInterval: 15_000,
    }),
  stations: () => queryOptions({ queryKey: ["stations"], queryFn: ({ signal }) => allStations(signal) }),
  station: (id: string) =>
    queryOptions({
      queryKey: ["station", id],
      queryFn: ({ signal }) => api("get", "/stations/{id}", { path: { id }, signal }),
      refetchInterval: 30_000, // last frame and address come by no event
    }),
  unknownStations: () =>
    queryOptions({
      queryKey: ["unknown-stations"],
      queryFn: ({ signal }) => api("get", "/unknown-stations", { signal }),
      refetchInterval: 5_000, // kept in memory by the server, told by no event
    }),
  sessions: (filter: SessionFilter) =>
    infiniteQueryOptions({
      queryKey: ["sessions", filter],
      queryFn: ({ signal, pageParam }) =>
        api("get", "/sessions", { query: { ...filter, limit: page_size, cursor: pageParam }, signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (last) => last.next ?? undefined,
    }),
  session: (id: string) =>
    queryOptions({
      queryKey: ["session", id],
      queryFn: ({ signal }) => api("get", "/sessions/{id}", { path: { id }, signal }),
    }),
  meterValues: (id: string) =>
    queryOptions({
      queryKey: ["meter-values", id],
      queryFn: ({ signal }) => api("get", "/sessions/{id}/meter-values", { path: { id }, signal }),
    }),
  tokens: (search: string) =>
    infiniteQueryOptions({
      queryKey: ["tokens", search],
      queryFn: ({ signal, pageParam }) =>
        api("get", "/tokens", { query: { search: search || undefined, limit: 200, cursor: pageParam }, signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (last) => last.next ?? undefined,
    }),
  events: (id: string) =>
    infiniteQueryOptions({
      queryKey: ["station-events", id],
      queryFn: ({ signal, pageParam }) =>
        api("get", "/stations/{id}/events", { path: { id }, query: { limit: page_size, cursor: pageParam }, signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (last) => last.next ?? undefined,
    }),
  users: () => queryOptions({ queryKey: ["users"], queryFn: ({ signal }) => api("get", "/users", { signal }) }),
  apiKeys: () => queryOptions({ queryKey: ["api-keys"], queryFn: ({ signal }) => api("get", "/api-keys", { signal }) }),
  audit: () =>
    infiniteQueryOptions({
      queryKey: ["audit"],
      queryFn: ({ signal, pageParam }) => api("get", "/audit", { query: { limit: page_size, cursor: pageParam }, signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (last) => last.next ?? undefined,
    }),
};
