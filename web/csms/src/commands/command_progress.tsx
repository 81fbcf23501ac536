// A command's way: sent, accepted, observed; each step with sign and word.
import { Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconLoader2 } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { errorText } from "../lib/error_text";
import { useFormat } from "../lib/use_format";
import classes from "./commands.module.css";
import type { CommandState } from "./progress";

type Mark = "done" | "running" | "open" | "bad";

const marks: Record<Mark, ReactNode> = {
  done: <IconCircleCheck size={16} aria-hidden />,
  running: <IconLoader2 size={16} className={classes.spin} aria-hidden />,
  open: <IconCircleDashed size={16} aria-hidden />,
  bad: <IconAlertTriangle size={16} aria-hidden />,
};

function Step({ mark, text }: { mark: Mark; text: string }) {
  return (
    <li className={classes.step} data-mark={mark}>
      {marks[mark]}
      {text}
    </li>
  );
}

export interface CommandProgressProps {
  state: CommandState;
  title: string;
  effect?: string; // what is awaited, as a word: "Charging"; absent when the answer is all there is
}

export function CommandProgress({ state, title, effect }: CommandProgressProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { phase } = state;
  const after = (time: number | undefined) =>
    time === undefined ? "" : ` (${format.value((time - state.sent_at) / 1000, 1, "s")})`;
  const word = state.status === undefined ? "" : t(`answer.${state.status}`, { defaultValue: state.status });
  const said_no = phase === "refused" || phase === "failed";
  return (
    <div className={classes.progress} role="status" data-phase={phase}>
      <Text span size="sm" fw={600}>
        {title}
      </Text>
      <ol className={classes.steps}>
        <Step mark={phase === "failed" ? "bad" : phase === "sending" ? "running" : "done"} text={t("progress.sent")} />
        {!said_no && (
          <Step
            mark={phase === "sending" ? "open" : "done"}
            text={phase === "sending" ? t("progress.accepted") : word + after(state.answered_at)}
          />
        )}
        {phase === "refused" && <Step mark="bad" text={(word || t("progress.refused")) + after(state.answered_at)} />}
        {effect !== undefined && !said_no && (
          <Step
            mark={phase === "observed" ? "done" : phase === "accepted" ? "running" : phase === "unobserved" ? "bad" : "open"}
            text={phase === "unobserved" ? t("progress.unobserved", { effect }) : effect + (phase === "observed" ? after(state.observed_at) : "")}
          />
        )}
      </ol>
      {state.error !== undefined && (
        <Text size="sm" c="red" w="100%">
          {errorText(t, state.error)}
        </Text>
      )}
    </div>
  );
}
