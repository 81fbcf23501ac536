import { describe, expect, it } from "vitest";
import type { TraceMessage } from "../api/types";
import { exchangesOf, inOrder, matches, payloadOf, summaryOf, toNdjson } from "./exchanges";

let seq = 0;
const frame = (change: Partial<TraceMessage>): TraceMessage => ({
  seq: ++seq,
  station: "CP1",
  at: "2026-03-01T10:00:00.000Z",
  direction: "received",
  kind: "call",
  message_id: "1",
  action: "Heartbeat",
  latency_ms: null,
  frame: '[2,"1","Heartbeat",{}]',
  ...change,
});
const any = { action: "", direction: "", text: "", errors: false } as const;

describe("pairing", () => {
  it("joins call and answer with the latency told", () => {
    const [exchange, ...rest] = exchangesOf([
      frame({}),
      frame({ kind: "result", direction: "sent", latency_ms: 12, frame: '[3,"1",{"currentTime":"x"}]' }),
    ]);
    expect(rest).toEqual([]);
    expect(exchange).toMatchObject({ action: "Heartbeat", direction: "received", latency_ms: 12, outcome: "result" });
  });
  it("keeps the same id in the two directions apart", () => {
    const exchanges = exchangesOf([
      frame({ message_id: "5" }),
      frame({ message_id: "5", direction: "sent", action: "Reset" }),
      frame({ message_id: "5", direction: "received", kind: "result", action: "Reset", frame: '[3,"5",{}]' }),
    ]);
    expect(exchanges.map((each) => [each.action, each.outcome])).toEqual([
      ["Heartbeat", "pending"],
      ["Reset", "result"],
    ]);
  });
  it("gives a repeated id its own answer", () => {
    const answer = { kind: "result", direction: "sent" } as const;
    const exchanges = exchangesOf([frame({}), frame(answer), frame({}), frame(answer)]);
    expect(exchanges.map((each) => each.outcome)).toEqual(["result", "result"]);
  });
  it("measures latency from the times when none is told", () => {
    const [exchange] = exchangesOf([
      frame({}),
      frame({ kind: "error", direction: "sent", at: "2026-03-01T10:00:00.250Z" }),
    ]);
    expect(exchange).toMatchObject({ latency_ms: 250, outcome: "error" });
  });
  it("shows an answer without its call, and what is no message at all", () => {
    const exchanges = exchangesOf([
      frame({ kind: "result", direction: "sent", message_id: "lost" }),
      frame({ kind: "other", message_id: "", action: "", frame: "garbage" }),
    ]);
    expect(exchanges.map((each) => each.outcome)).toEqual(["result", "unreadable"]);
    expect(exchanges.every((each) => each.call === undefined)).toBe(true);
  });
});

it("puts overlapping lists in order, each frame once", () => {
  const [a, b, c] = [frame({}), frame({}), frame({})];
  expect(inOrder([c, b, a, b])).toEqual([a, b, c]);
});

describe("filter", () => {
  const [heartbeat, failed] = exchangesOf([
    frame({}),
    frame({ direction: "sent", message_id: "9", action: "UnlockConnector", frame: '[2,"9","UnlockConnector",{"connectorId":2}]' }),
    frame({ kind: "error", message_id: "9", frame: '[4,"9","NotSupported","no lock",{}]' }),
  ]);
  it.each([
    [{ ...any }, [true, true]],
    [{ ...any, action: "Heartbeat" }, [true, false]],
    [{ ...any, direction: "sent" as const }, [false, true]],
    [{ ...any, errors: true }, [false, true]],
    [{ ...any, text: "NO LOCK" }, [false, true]],
    [{ ...any, text: "nowhere" }, [false, false]],
  ])("%j", (filter, shown) => {
    expect([heartbeat, failed].map((each) => each !== undefined && matches(each, filter))).toEqual(shown);
  });
});

describe("payloads", () => {
  it("finds them by kind", () => {
    expect(payloadOf(frame({ frame: '[2,"1","Heartbeat",{"a":1}]' }))).toEqual({ a: 1 });
    expect(payloadOf(frame({ kind: "result", frame: '[3,"1",{"b":2}]' }))).toEqual({ b: 2 });
    expect(payloadOf(frame({ kind: "error", frame: '[4,"1","GenericError","why",{}]' }))).toEqual({
      code: "GenericError",
      description: "why",
      details: {},
    });
    expect(payloadOf(frame({ kind: "other", frame: "not json" }))).toBe("not json");
  });
  it("sums them up in a line", () => {
    expect(summaryOf({ connectorId: 1, meta: { x: [1] } })).toBe('connectorId: 1  meta: {"x":[1]}');
    expect(summaryOf(undefined)).toBe("");
  });
});

it("exports frames one a line, oldest first", () => {
  const frames = [frame({}), frame({ kind: "result", direction: "sent" })];
  const lines = toNdjson(exchangesOf(frames)).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line) as TraceMessage)).toEqual(frames);
});
