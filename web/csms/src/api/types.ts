// Short names for the shapes of the REST interface.
import type { components } from "../generated/api";

type Schemas = components["schemas"];

export type ApiKey = Schemas["ApiKey"];
export type AuditEntry = Schemas["AuditEntry"];
export type AuthorizationStatus = Schemas["AuthorizationStatus"];
export type CallAnswer = Schemas["CallResult"] | Schemas["CallError"];
export type ConnectionChange = Schemas["ConnectionChange"];
export type Connector = Schemas["Connector"];
export type ConnectorStatus = Schemas["ConnectorStatus"];
export type ErrorCode = Schemas["Error"]["error"]["code"];
export type Me = Schemas["Me"];
export type MeterSample = Schemas["MeterSample"];
export type MeterSeries = Schemas["MeterSeries"];
export type MeterValue = Schemas["MeterValue"];
export type OcppVersion = Schemas["OcppVersion"];
export type Scope = Schemas["Scope"];
export type Series = Schemas["Series"];
export type Session = Schemas["Session"];
export type SessionFlag = Schemas["SessionFlag"];
export type Station = Schemas["Station"];
export type StationChange = Schemas["StationChange"];
export type StationEvent = Schemas["StationEvent"];
export type Summary = Schemas["Summary"];
export type Token = Schemas["Token"];
export type TokenChange = Schemas["TokenChange"];
export type TokenType = Schemas["TokenType"];
export type TraceMessage = Schemas["TraceMessage"];
export type UnknownStation = Schemas["UnknownStation"];
export type User = Schemas["User"];
export type Version = Schemas["Version"];
