// A station's frames: what the server still has, then every new one as it comes. Bounded.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { api, queryText } from "../api/client";
import type { TraceMessage } from "../api/types";
import { Stream } from "../live/stream";
import { inOrder } from "./exchanges";

const max_frames = 10_000;
const max_pages = 6;
const gather_ms = 150;

async function stored(station: string, signal: AbortSignal): Promise<TraceMessage[]> {
  const frames: TraceMessage[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < max_pages; page++) {
    const answer = await api("get", "/stations/{id}/messages", { path: { id: station }, query: { limit: 500, cursor }, signal });
    frames.push(...answer.items);
    if (!answer.next) {
      break;
    }
    cursor = answer.next;
  }
  return frames;
}

export function useTrace(station: string) {
  const query = useQuery({
    queryKey: ["trace", station],
    queryFn: ({ signal }) => stored(station, signal),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const [live, setLive] = useState<TraceMessage[]>([]);
  const { refetch } = query;

  useEffect(() => {
    let gathered: TraceMessage[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stream = new Stream(`/api/v1/events${queryText({ station, types: "message" })}`, {
      events: {
        message: (data) => {
          gathered.push(data as TraceMessage);
          timer ??= setTimeout(() => {
            const added = gathered;
            gathered = [];
            timer = undefined;
            setLive((before) => [...before, ...added].slice(-max_frames));
          }, gather_ms);
        },
      },
      on_state: (state, first) => {
        if (state !== "open") {
          return;
        }
        if (!first) {
          setLive([]); // a server that started anew counts its frames from the beginning
        }
        void refetch(); // frames between reading and listening, or while the line was down
      },
    });
    return () => {
      clearTimeout(timer);
      stream.close();
    };
  }, [station, refetch]);

  const frames = useMemo(() => inOrder([...(query.data ?? []), ...live]).slice(-max_frames), [query.data, live]);
  return { frames, error: query.error, pending: query.isPending, refetch };
}
