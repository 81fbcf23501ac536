// OCPP calls through the server, typed by the message notation.
import type { Actions } from "../generated/ocpp16";
import { api } from "./client";
import type { CallAnswer } from "./types";

export const default_timeout_s = 30;

// What a central system may send over OCPP 1.6, security extension included.
export const outbound_actions = [
  "CancelReservation",
  "CertificateSigned",
  "ChangeAvailability",
  "ChangeConfiguration",
  "ClearCache",
  "ClearChargingProfile",
  "DataTransfer",
  "DeleteCertificate",
  "ExtendedTriggerMessage",
  "GetCompositeSchedule",
  "GetConfiguration",
  "GetDiagnostics",
  "GetInstalledCertificateIds",
  "GetLocalListVersion",
  "GetLog",
  "InstallCertificate",
  "RemoteStartTransaction",
  "RemoteStopTransaction",
  "ReserveNow",
  "Reset",
  "SendLocalList",
  "SetChargingProfile",
  "SignedUpdateFirmware",
  "TriggerMessage",
  "UnlockConnector",
  "UpdateFirmware",
] as const satisfies readonly (keyof Actions)[];
export type OutboundAction = (typeof outbound_actions)[number];

export type Request<A extends keyof Actions> = Actions[A]["request"];
export type Response<A extends keyof Actions> = Actions[A]["response"];

// The station refused with a CALLERROR.
export class StationRefusal extends Error {
  constructor(
    readonly code: string,
    readonly description: string,
  ) {
    super(description === "" ? code : `${code}: ${description}`);
  }
}

export function rawCall(
  station: string,
  action: string,
  payload: Record<string, unknown>,
  timeout_s = default_timeout_s,
): Promise<CallAnswer> {
  return api("post", "/stations/{id}/calls", { path: { id: station }, body: { action, payload: payload as object as never, timeout_s } });
}

function resultOf(answer: CallAnswer): Record<string, unknown> {
  if ("error" in answer) {
    throw new StationRefusal(answer.error.code, answer.error.description);
  }
  return answer.result;
}

export async function call<A extends OutboundAction>(
  station: string,
  action: A,
  payload: Request<A>,
): Promise<Response<A>> {
  return resultOf(await rawCall(station, action, payload as Record<string, unknown>)) as Response<A>;
}

// Both in whichever version the station speaks.
export async function startCharging(station: string, evse_id: number, token: string): Promise<{ status?: string }> {
  return resultOf(await api("post", "/stations/{id}/start", { path: { id: station }, body: { evse_id, token } }));
}

export async function stopSession(session: string): Promise<{ status?: string }> {
  return resultOf(await api("post", "/sessions/{id}/stop", { path: { id: session } }));
}
