import { describe, expect, it } from "vitest";
import { command_forms, complete, initialValues, parsePayload } from "./forms";

const form = (action: string) => {
  const found = command_forms.find((each) => each.action === action);
  if (!found) {
    throw new Error(`no form ${action}`);
  }
  return found;
};

describe("payloads", () => {
  it("carries numbers as numbers and leaves out what was left empty", () => {
    expect(form("UnlockConnector").payload({ connectorId: "2" })).toEqual({ connectorId: 2 });
    expect(form("TriggerMessage").payload({ requestedMessage: "MeterValues", connectorId: "" })).toEqual({
      requestedMessage: "MeterValues",
    });
    expect(form("TriggerMessage").payload({ requestedMessage: "MeterValues", connectorId: "1" })).toEqual({
      requestedMessage: "MeterValues",
      connectorId: 1,
    });
    expect(form("DataTransfer").payload({ vendorId: "com.example", messageId: "", data: "x" })).toEqual({
      vendorId: "com.example",
      data: "x",
    });
  });
  it("starts harmless: a soft reset, no connector out of order", () => {
    const { fields, payload } = form("Reset");
    expect(payload(initialValues(fields, [1, 2]))).toEqual({ type: "Soft" });
    expect(form("ChangeAvailability").payload(initialValues(form("ChangeAvailability").fields, [1]))).toEqual({
      connectorId: 0,
      type: "Operative",
    });
  });
  it("names every form once", () => {
    const names = command_forms.map((each) => each.action);
    expect(new Set(names).size).toBe(names.length);
  });
});

it("knows when something required is missing", () => {
  const { fields } = form("DataTransfer");
  expect(complete(fields, initialValues(fields, []))).toBe(false);
  expect(complete(fields, { vendorId: "v", messageId: "", data: "" })).toBe(true);
});

describe("raw payloads", () => {
  it("takes objects, and nothing as an empty one", () => {
    expect(parsePayload('{"a": 1}')).toEqual({ payload: { a: 1 } });
    expect(parsePayload("  ")).toEqual({ payload: {} });
  });
  it("says what is wrong with the rest", () => {
    expect(parsePayload("[1]")).toMatchObject({ problem: "not_object" });
    expect(parsePayload("null")).toMatchObject({ problem: "not_object" });
    expect(parsePayload("{a}")).toMatchObject({ problem: "syntax" });
  });
});
