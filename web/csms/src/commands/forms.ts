// The forms of the commands tab: fields, and the payload they make. Pure data and functions.
import type { OutboundAction, Request } from "../api/call";

export type Values = Record<string, string>;

export interface Field {
  name: string;
  kind: "connector" | "choice" | "text";
  label: FieldLabel;
  choices?: readonly string[];
  optional?: boolean;
  with_station?: boolean; // connector 0, the station as a whole, may be chosen
}
export type FieldLabel = "connector" | "type" | "message" | "vendor" | "message_id" | "data";

export interface CommandForm {
  action: OutboundAction;
  fields: Field[];
  dangerous?: boolean; // asks before sending
  payload(values: Values): object;
}

const form = <A extends OutboundAction>(
  action: A,
  fields: Field[],
  payload: (values: Values) => Request<A>,
  dangerous = false,
): CommandForm => ({ action, fields, payload, dangerous });

const number = (text: string | undefined): number => Number(text ?? "0");
const optional = (text: string | undefined): string | undefined => (text === undefined || text === "" ? undefined : text);

const connector: Field = { name: "connectorId", kind: "connector", label: "connector" };
// The first is proposed. BootNotification comes last: a station that is accepted refuses it.
const triggers = [
  "StatusNotification",
  "MeterValues",
  "Heartbeat",
  "DiagnosticsStatusNotification",
  "FirmwareStatusNotification",
  "BootNotification",
] as const;

export const command_forms: CommandForm[] = [
  form(
    "Reset",
    [{ name: "type", kind: "choice", label: "type", choices: ["Soft", "Hard"] }],
    (values) => ({ type: values.type === "Hard" ? "Hard" : "Soft" }),
    true,
  ),
  form("UnlockConnector", [connector], (values) => ({ connectorId: number(values.connectorId) })),
  form(
    "ChangeAvailability",
    [
      { ...connector, with_station: true },
      { name: "type", kind: "choice", label: "type", choices: ["Operative", "Inoperative"] },
    ],
    (values) => ({
      connectorId: number(values.connectorId),
      type: values.type === "Inoperative" ? "Inoperative" : "Operative",
    }),
  ),
  form(
    "TriggerMessage",
    [
      { name: "requestedMessage", kind: "choice", label: "message", choices: triggers },
      { ...connector, optional: true },
    ],
    (values) => ({
      requestedMessage: triggers.find((each) => each === values.requestedMessage) ?? "StatusNotification",
      ...(optional(values.connectorId) === undefined ? {} : { connectorId: number(values.connectorId) }),
    }),
  ),
  form("ClearCache", [], () => ({})),
  form("GetLocalListVersion", [], () => ({})),
  form(
    "DataTransfer",
    [
      { name: "vendorId", kind: "text", label: "vendor" },
      { name: "messageId", kind: "text", label: "message_id", optional: true },
      { name: "data", kind: "text", label: "data", optional: true },
    ],
    (values) => ({
      vendorId: values.vendorId ?? "",
      ...(optional(values.messageId) === undefined ? {} : { messageId: values.messageId }),
      ...(optional(values.data) === undefined ? {} : { data: values.data }),
    }),
  ),
];

export function initialValues(fields: readonly Field[], connectors: readonly number[]): Values {
  const values: Values = {};
  for (const field of fields) {
    if (field.kind === "choice") {
      values[field.name] = field.choices?.[0] ?? "";
    } else if (field.kind === "connector") {
      values[field.name] = field.optional ? "" : field.with_station ? "0" : String(connectors[0] ?? 1);
    } else {
      values[field.name] = "";
    }
  }
  return values;
}

export function complete(fields: readonly Field[], values: Values): boolean {
  return fields.every((field) => field.optional || (values[field.name] ?? "") !== "");
}

// A payload typed by hand: an object, or why it is not one.
export function parsePayload(text: string): { payload: Record<string, unknown> } | { problem: "syntax" | "not_object"; detail: string } {
  let value: unknown;
  try {
    value = JSON.parse(text.trim() === "" ? "{}" : text);
  } catch (error) {
    return { problem: "syntax", detail: error instanceof Error ? error.message : String(error) };
  }
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? { payload: value as Record<string, unknown> }
    : { problem: "not_object", detail: "" };
}
