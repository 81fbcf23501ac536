// A connector's or station's state: icon, word and colour together, never colour alone.
import {
  IconAlertTriangle,
  IconBan,
  IconBolt,
  IconBookmark,
  IconCircleCheck,
  IconCloudOff,
  IconPlayerPause,
  IconPlugConnected,
  IconPlugConnectedX,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import type { ConnectorStatus } from "../api/types";
import type { StationGroup } from "../lib/station_state";
import classes from "./status.module.css";

type Tone = "green" | "blue" | "cyan" | "amber" | "violet" | "gray" | "red";

interface Look {
  icon: ComponentType<{ size?: number; stroke?: number; "aria-hidden"?: boolean }>;
  tone: Tone;
}

const of_status: Record<ConnectorStatus, Look> = {
  Available: { icon: IconCircleCheck, tone: "green" },
  Preparing: { icon: IconPlugConnected, tone: "cyan" },
  Charging: { icon: IconBolt, tone: "blue" },
  SuspendedEVSE: { icon: IconPlayerPause, tone: "amber" },
  SuspendedEV: { icon: IconPlayerPause, tone: "amber" },
  Finishing: { icon: IconPlugConnectedX, tone: "cyan" },
  Reserved: { icon: IconBookmark, tone: "violet" },
  Unavailable: { icon: IconBan, tone: "gray" },
  Faulted: { icon: IconAlertTriangle, tone: "red" },
};

const of_group: Record<StationGroup, Look> = {
  faulted: of_status.Faulted,
  charging: of_status.Charging,
  occupied: { icon: IconPlugConnected, tone: "amber" },
  available: of_status.Available,
  unavailable: of_status.Unavailable,
  offline: { icon: IconCloudOff, tone: "gray" },
};

// A word with its sign, in a colour that can be read on its ground in both schemes.
export function Pill({ look, text, title }: { look: Look; text: string; title?: string }) {
  const Icon = look.icon;
  return (
    <span className={classes.pill} data-tone={look.tone} title={title}>
      <Icon size={15} stroke={2} aria-hidden />
      <span>{text}</span>
    </span>
  );
}

export function StatusPill({ status, offline = false }: { status: ConnectorStatus; offline?: boolean }) {
  const { t } = useTranslation();
  const word = t(`status.${status}`);
  return offline ? (
    <Pill look={of_group.offline} text={t("status.last_known", { status: word })} title={t("status.last_known_hint")} />
  ) : (
    <Pill look={of_status[status]} text={word} />
  );
}

export function GroupPill({ group }: { group: StationGroup }) {
  const { t } = useTranslation();
  return <Pill look={of_group[group]} text={t(`group.${group}`)} />;
}

export function GroupIcon({ group, size = 16 }: { group: StationGroup; size?: number }) {
  const Icon = of_group[group].icon;
  return <Icon size={size} stroke={2} aria-hidden />;
}

export function toneOf(status: ConnectorStatus | undefined, connected: boolean): Tone {
  return connected && status ? of_status[status].tone : "gray";
}

export function statusIcon(status: ConnectorStatus, connected: boolean): Look["icon"] {
  return connected ? of_status[status].icon : IconCloudOff;
}

// Connected or not, as a small word with a sign.
export function ConnectionPill({ connected }: { connected: boolean }) {
  const { t } = useTranslation();
  return (
    <span className={classes.connection} data-connected={connected}>
      <span className={classes.dot} aria-hidden />
      {connected ? t("station.online") : t("station.offline")}
    </span>
  );
}
