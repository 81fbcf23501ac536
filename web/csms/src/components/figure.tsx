// A figure with its name, as in the strip above the fleet and in a session's head.
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./figure.module.css";

export interface FigureProps {
  label: string;
  value: ReactNode;
  note?: ReactNode;
  tone?: "plain" | "alert";
  icon?: ReactNode;
}

export function Figure({ label, value, note, tone = "plain", icon }: FigureProps) {
  return (
    <div className={classes.figure} data-tone={tone}>
      <Text component="dt" size="sm" c="var(--quiet)" className={classes.label}>
        {icon}
        {label}
      </Text>
      <dd className={classes.value}>{value}</dd>
      {note !== undefined && <dd className={classes.note}>{note}</dd>}
    </div>
  );
}

export function Figures({ children, label }: { children: ReactNode; label: string }) {
  return (
    <dl className={classes.strip} aria-label={label}>
      {children}
    </dl>
  );
}
