import { expect, it } from "vitest";
import { newStationPassword, passwordBytes, station_password_length } from "./password";

it("makes passwords of the length OCPP 1.6 takes, never the same twice", () => {
  const made = new Set(Array.from({ length: 200 }, () => newStationPassword()));
  expect(made.size).toBe(200);
  for (const password of made) {
    expect(passwordBytes(password)).toBe(station_password_length);
    expect(password).toMatch(/^[A-HJ-NP-Za-km-z2-9]+$/);
  }
});

it("drops the bytes that would favour some letters", () => {
  let round = 0;
  const password = newStationPassword((bytes) => bytes.fill(round++ === 0 ? 255 : 0));
  expect(password).toBe("A".repeat(station_password_length));
});

it("counts bytes, not characters", () => {
  expect(passwordBytes("ü€")).toBe(5);
});
