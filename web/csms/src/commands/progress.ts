// What became of a command: sent, answered by the station, observed in its state. Pure.
export type CommandPhase =
  | "sending" // on its way, the station has not answered
  | "accepted" // the station said yes; the effect is awaited
  | "observed" // the effect was seen
  | "refused" // the station said no, or answered with an error
  | "failed" // it did not reach the station, or the outcome is unknown
  | "unobserved"; // accepted, but no effect within the time allowed

export interface CommandState {
  phase: CommandPhase;
  sent_at: number;
  answered_at?: number;
  observed_at?: number;
  status?: string; // the station's word: Accepted, Rejected, RebootRequired, ...
  error?: unknown;
}

export type CommandEvent =
  | { kind: "answered"; at: number; status: string; positive: boolean; awaits_effect: boolean }
  | { kind: "failed"; at: number; error: unknown; refused: boolean }
  | { kind: "observed"; at: number }
  | { kind: "waited"; at: number };

export const sent = (at: number): CommandState => ({ phase: "sending", sent_at: at });

// The effect may be seen before the answer arrives (a station may start first and answer later).
export function advance(state: CommandState, event: CommandEvent): CommandState {
  switch (event.kind) {
    case "answered": {
      if (state.phase !== "sending") {
        return state;
      }
      const answered = { ...state, answered_at: event.at, status: event.status };
      if (!event.positive) {
        return { ...answered, phase: "refused" };
      }
      const done = !event.awaits_effect || state.observed_at !== undefined;
      return { ...answered, phase: done ? "observed" : "accepted", observed_at: state.observed_at ?? (done ? event.at : undefined) };
    }
    case "failed":
      return state.phase === "sending"
        ? { ...state, phase: event.refused ? "refused" : "failed", answered_at: event.at, error: event.error }
        : state;
    case "observed":
      if (state.phase === "sending") {
        return { ...state, observed_at: state.observed_at ?? event.at };
      }
      return state.phase === "accepted" || state.phase === "unobserved"
        ? { ...state, phase: "observed", observed_at: event.at }
        : state;
    case "waited":
      return state.phase === "accepted" ? { ...state, phase: "unobserved" } : state;
  }
}

export const settled = (state: CommandState): boolean => state.phase !== "sending" && state.phase !== "accepted";
