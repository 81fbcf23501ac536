// A station's frames as exchanges: each call with its answer. Pure; the newest frame is last.
import type { TraceMessage } from "../api/types";

export interface Exchange {
  key: string;
  at: string;
  direction: TraceMessage["direction"]; // who began
  action: string; // empty when it cannot be told
  call?: TraceMessage;
  answer?: TraceMessage;
  latency_ms: number | null;
  outcome: "pending" | "result" | "error" | "unreadable";
}

const opposite = { received: "sent", sent: "received" } as const;

export function outcomeOf(answer: TraceMessage | undefined): Exchange["outcome"] {
  if (answer === undefined) {
    return "pending";
  }
  return answer.kind === "result" ? "result" : "error";
}

// Frames in any order, doubles allowed (the stored ones and the live ones overlap).
export function inOrder(frames: readonly TraceMessage[]): TraceMessage[] {
  const by_seq = new Map(frames.map((frame) => [frame.seq, frame]));
  return [...by_seq.values()].sort((a, b) => a.seq - b.seq);
}

// An answer belongs to the newest unanswered call of the other direction with its message id: ids may come again.
export function exchangesOf(frames: readonly TraceMessage[]): Exchange[] {
  const exchanges: Exchange[] = [];
  const waiting = new Map<string, Exchange>();
  for (const frame of frames) {
    if (frame.kind === "call") {
      const exchange: Exchange = {
        key: String(frame.seq),
        at: frame.at,
        direction: frame.direction,
        action: frame.action,
        call: frame,
        latency_ms: null,
        outcome: "pending",
      };
      waiting.set(`${frame.direction}/${frame.message_id}`, exchange);
      exchanges.push(exchange);
      continue;
    }
    const id = `${opposite[frame.direction]}/${frame.message_id}`;
    const exchange = frame.kind === "other" ? undefined : waiting.get(id);
    if (exchange) {
      waiting.delete(id);
      exchange.answer = frame;
      exchange.outcome = outcomeOf(frame);
      exchange.latency_ms = frame.latency_ms ?? Date.parse(frame.at) - Date.parse(exchange.at);
    } else {
      exchanges.push({
        key: String(frame.seq),
        at: frame.at,
        direction: frame.direction,
        action: frame.action,
        answer: frame,
        latency_ms: frame.latency_ms,
        outcome: frame.kind === "other" ? "unreadable" : outcomeOf(frame),
      });
    }
  }
  return exchanges;
}

export interface ExchangeFilter {
  action: string;
  direction: "" | TraceMessage["direction"];
  text: string;
  errors: boolean;
}

export function matches(exchange: Exchange, filter: ExchangeFilter): boolean {
  const text = filter.text.toLowerCase();
  return (
    (filter.action === "" || exchange.action === filter.action) &&
    (filter.direction === "" || exchange.direction === filter.direction) &&
    (!filter.errors || exchange.outcome === "error" || exchange.outcome === "unreadable") &&
    (text === "" ||
      [exchange.call, exchange.answer].some((frame) => frame?.frame.toLowerCase().includes(text)))
  );
}

// The payload of a frame ([2,id,action,payload], [3,id,payload], [4,id,code,description,details]).
export function payloadOf(frame: TraceMessage | undefined): unknown {
  if (frame === undefined) {
    return undefined;
  }
  try {
    const parts = JSON.parse(frame.frame) as unknown;
    if (!Array.isArray(parts)) {
      return parts;
    }
    switch (frame.kind) {
      case "call":
        return parts[3];
      case "result":
        return parts[2];
      case "error":
        return { code: parts[2] as unknown, description: parts[3] as unknown, details: parts[4] as unknown };
      case "other":
        return parts;
    }
  } catch {
    return frame.frame; // not JSON: shown as received
  }
}

// One line that tells two exchanges of the same action apart.
export function summaryOf(payload: unknown): string {
  if (payload === undefined || payload === null) {
    return "";
  }
  if (typeof payload !== "object") {
    return String(payload);
  }
  return Object.entries(payload)
    .map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join("  ");
}

// One JSON object a line, oldest first; the frame stays the text it was on the wire.
export function toNdjson(exchanges: readonly Exchange[]): string {
  const frames = exchanges.flatMap((exchange) => [exchange.call, exchange.answer]).filter((frame) => frame !== undefined);
  return inOrder(frames)
    .map((frame) => JSON.stringify(frame) + "\n")
    .join("");
}
