import { expect, it } from "vitest";
import { pathSegment } from "./path_segment";

it("gives back every identity that an address was made of", () => {
  for (const identity of ["CP1", "CP:1", "a/b", "50%", "%2F", "x?y#z", "<img src=/x onerror=alert(1)>", "Säule 7"]) {
    expect(pathSegment(`/stations/${encodeURIComponent(identity)}/messages`, 2)).toBe(identity);
  }
});

it("shows what is no address part as it is", () => {
  expect(pathSegment("/stations/%E0%A4%A", 2)).toBe("%E0%A4%A");
  expect(pathSegment("/", 2)).toBe("");
});
