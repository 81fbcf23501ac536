// Runs one OCPP command and follows it: sent, accepted, observed.
import { useCallback, useEffect, useState } from "react";
import { StationRefusal } from "../api/call";
import { advance, sent, type CommandEvent, type CommandState } from "./progress";

const effect_ms = 60_000;
const success_ms = 15_000; // a success is shown this long; anything else stays until the next command
const positive_statuses = ["Accepted", "Scheduled", "RebootRequired", "Unlocked"];

export interface CommandRun {
  state: CommandState | undefined;
  busy: boolean;
  run(send: () => Promise<{ status?: string }>): Promise<void>;
  reset(): void;
}

// `effect`: whether the awaited effect is to be seen now; undefined when the answer is all there is.
export function useCommand(effect?: boolean): CommandRun {
  const [state, setState] = useState<CommandState>();
  const apply = useCallback(
    (event: CommandEvent) => setState((before) => before && advance(before, event)),
    [],
  );
  const awaits_effect = effect !== undefined;
  const phase = state?.phase;

  useEffect(() => {
    if (effect && phase !== undefined) {
      apply({ kind: "observed", at: Date.now() });
    }
  }, [effect, phase, apply]);

  useEffect(() => {
    if (phase !== "accepted") {
      return undefined;
    }
    const timer = setTimeout(() => apply({ kind: "waited", at: Date.now() }), effect_ms);
    return () => clearTimeout(timer);
  }, [phase, apply]);

  useEffect(() => {
    if (phase !== "observed") {
      return undefined;
    }
    const timer = setTimeout(() => setState(undefined), success_ms);
    return () => clearTimeout(timer);
  }, [phase]);

  const run = useCallback(
    async (send: () => Promise<{ status?: string }>) => {
      setState(sent(Date.now()));
      try {
        const status = (await send()).status ?? "Accepted";
        const positive = positive_statuses.includes(status);
        apply({ kind: "answered", at: Date.now(), status, positive, awaits_effect });
      } catch (error) {
        apply({ kind: "failed", at: Date.now(), error, refused: error instanceof StationRefusal });
      }
    },
    [apply, awaits_effect],
  );

  return { state, busy: phase === "sending", run, reset: useCallback(() => setState(undefined), []) };
}
