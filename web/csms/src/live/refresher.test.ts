import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Refresher } from "./refresher";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("reads once in a while, however often it is asked", () => {
  const read = vi.fn();
  const refresher = new Refresher(3_000, read);
  for (let at = 0; at < 9_000; at += 10) {
    refresher.ask();
    vi.advanceTimersByTime(10);
  }
  expect(read.mock.calls.length).toBe(3);
});

it("reads what the last one asked for, and nothing after its end", () => {
  const read = vi.fn();
  const refresher = new Refresher(3_000, read);
  refresher.ask();
  vi.advanceTimersByTime(3_000);
  expect(read).toHaveBeenCalledTimes(1);
  refresher.ask();
  refresher.stop();
  vi.advanceTimersByTime(10_000);
  expect(read).toHaveBeenCalledTimes(1);
});
