// One function for every REST call, typed by the OpenAPI description: a wrong path, parameter or body does not
// compile. Refusals are thrown as ApiError.
import type { paths } from "../generated/api";
import type { ErrorCode } from "./types";

const base = "/api/v1";

export class ApiError extends Error {
  constructor(
    readonly status: number, // 0: the server was not reached
    readonly code: ErrorCode | "unreachable",
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}

type Method = "get" | "put" | "post" | "delete";
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never;
}[keyof paths];

type Json<R> = R extends { content: { "application/json": infer T } } ? T : undefined;
type Answer<O> = O extends { responses: infer R }
  ? R extends { 200: infer X }
    ? Json<X>
    : R extends { 201: infer X }
      ? Json<X>
      : undefined
  : never;
type Parameters<O, K extends "path" | "query"> = O extends { parameters: { [N in K]?: infer T } } ? T : undefined;
type Body<O> = O extends { requestBody: { content: { "application/json": infer T } } } ? T : undefined;

export interface Options<O> {
  path?: Parameters<O, "path">;
  query?: Parameters<O, "query">;
  body?: Body<O>;
  signal?: AbortSignal;
}

type Values = Record<string, unknown> | undefined;

function fill(template: string, path: Values): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path?.[name])));
}

export function queryText(query: Values): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") {
      parameters.set(name, String(value));
    }
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

async function refusal(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as { error: { code: ErrorCode; message: string; field?: string } };
    return new ApiError(response.status, error.code, error.message, error.field);
  } catch {
    const code = response.status === 401 ? "unauthorized" : "internal";
    return new ApiError(response.status, code, `HTTP ${response.status}`);
  }
}

export async function api<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  options: Options<paths[P][M]> = {},
): Promise<Answer<paths[P][M]>> {
  const url = base + fill(path, options.path as Values) + queryText(options.query as Values);
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "get") {
    headers["X-Requested-With"] = "ladestrom"; // a form of another site cannot set it
  }
  if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
  }
  let response: Response;
  try {
    response = await fetch(url, {
      method: method.toUpperCase(),
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal,
      credentials: "same-origin",
    });
  } catch (error) {
    if (options.signal?.aborted) {
      throw error;
    }
    throw new ApiError(0, "unreachable", String(error));
  }
  if (!response.ok) {
    throw await refusal(response);
  }
  return (response.status === 204 ? undefined : await response.json()) as Answer<paths[P][M]>;
}
