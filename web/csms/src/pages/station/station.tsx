// One station: who it is, its connectors, the running session's power, and tabs for everything else.
import { Anchor, Group, Paper, Skeleton, Tabs, Text, Title } from "@mantine/core";
import { IconArrowLeft, IconHourglass } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { queries } from "../../api/queries";
import type { Station } from "../../api/types";
import { Failure } from "../../components/failure";
import { ConnectionPill, GroupPill, Pill } from "../../components/status";
import { useDocumentTitle, useNow } from "../../lib/hooks";
import { sockets, speaks16, stationGroup, titleOf } from "../../lib/station_state";
import { useFormat } from "../../lib/use_format";
import { SessionList } from "../sessions/session_list";
import { ConnectorTile } from "./connector_tile";
import { LivePower } from "./live_power";
import { StationMenu } from "./station_menu";
import classes from "./station.module.css";

const MessagesTab = lazy(() => import("./messages_tab"));
const ConfigurationTab = lazy(() => import("./configuration_tab"));
const CommandsTab = lazy(() => import("./commands_tab"));
const EventsTab = lazy(() => import("./events_tab"));

const tabs = ["sessions", "messages", "configuration", "commands", "events"] as const;

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{value === "" ? "–" : value}</dd>
    </div>
  );
}

// What it spoke last, and what it may speak when that is not everything.
function useProtocol(station: Station): string {
  const { t } = useTranslation();
  const spoken = station.version === null ? [] : [`OCPP ${station.version}`];
  const allowed = station.versions.length === 0 ? [] : [t("fact.allowed_versions", { versions: station.versions.join(", ") })];
  return [...spoken, ...allowed].join(" · ");
}

function Head({ station, now }: { station: Station; now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { connection } = station;
  const protocol = useProtocol(station);
  return (
    <Paper withBorder p="md" component="header">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Group gap="sm">
            <Title order={1}>{titleOf(station)}</Title>
            <GroupPill group={stationGroup(station)} />
            {station.admission !== "accepted" && <Pill look={{ icon: IconHourglass, tone: "amber" }} text={t(`admission.${station.admission}`)} />}
          </Group>
          <Group gap="sm" mt={2}>
            <ConnectionPill connected={station.connected} />
            <Text size="sm" c="var(--quiet)">
              {connection
                ? t("station.since", { time: format.shortTime(connection.since, now), duration: format.duration(now - Date.parse(connection.since)) })
                : station.last_seen === null
                  ? t("station.never_connected")
                  : t("station.last_seen", { time: format.ago(station.last_seen, now) })}
            </Text>
          </Group>
        </div>
        <StationMenu station={station} />
      </Group>
      <dl className={classes.facts}>
        <Fact name={t("fact.identity")} value={station.id} />
        <Fact name={t("fact.model")} value={[station.vendor, station.model].join(" ").trim()} />
        <Fact name={t("fact.serial")} value={station.serial_number} />
        <Fact name={t("fact.firmware")} value={station.firmware_version} />
        <Fact name={t("fact.version")} value={protocol} />
        <Fact name={t("fact.security")} value={t(`profile.${station.security_profile as 0 | 1 | 2 | 3}`)} />
        <Fact
          name={t("fact.remote")}
          value={connection ? `${connection.remote}${connection.tls ? " · TLS" : ""}` : ""}
        />
        <Fact name={t("fact.boot")} value={station.last_boot === null ? "" : format.shortTime(station.last_boot, now)} />
        {station.meter_type !== "" && (
          <Fact name={t("fact.meter")} value={[station.meter_type, station.meter_serial_number].join(" ").trim()} />
        )}
        {station.iccid !== "" && <Fact name="ICCID" value={station.iccid} />}
      </dl>
    </Paper>
  );
}

export default function StationPage({ id, tab }: { id: string; tab: string }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const now = useNow();
  const { data: station, error, refetch } = useQuery(queries.station(id));
  useDocumentTitle(station ? titleOf(station) : id);
  const back = (
    <Anchor component={Link} href="/" size="sm" mb="xs" style={{ display: "inline-flex", alignItems: "center", gap: 4 }}>
      <IconArrowLeft size={15} aria-hidden />
      {t("nav.fleet")}
    </Anchor>
  );
  if (!station) {
    return (
      <>
        {back}
        {error ? <Failure error={error} retry={() => void refetch()} /> : <Skeleton h={180} aria-label={t("state.loading")} />}
      </>
    );
  }
  // Configuration keys are of 1.6.
  const offered = tabs.filter((each) => each !== "configuration" || speaks16(station));
  const shown = offered.find((each) => each === tab) ?? "sessions";
  return (
    <>
      {back}
      <Head station={station} now={now} />
      <div className={classes.connectors}>
        {sockets(station).map((connector) => (
          <ConnectorTile key={connector.evse_id} station={station} connector={connector} now={now} />
        ))}
        {sockets(station).length === 0 && (
          <Text size="sm" c="var(--quiet)">
            {station.connected ? t("station.no_connectors_yet") : t("station.never_connected")}
          </Text>
        )}
      </div>
      <LivePower station={station} now={now} />
      <Tabs
        value={shown}
        onChange={(value) => navigate(`/stations/${encodeURIComponent(id)}/${value}`, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List mb="md" className={classes.tabs}>
          {offered.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`tab.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Suspense fallback={<Skeleton h={240} />}>
          <Tabs.Panel value="sessions">
            <SessionList filter={{ station: id }} hide_station />
          </Tabs.Panel>
          <Tabs.Panel value="messages">
            <MessagesTab station={id} />
          </Tabs.Panel>
          <Tabs.Panel value="configuration">
            <ConfigurationTab station={station} />
          </Tabs.Panel>
          <Tabs.Panel value="commands">
            <CommandsTab station={station} />
          </Tabs.Panel>
          <Tabs.Panel value="events">
            <EventsTab station={id} />
          </Tabs.Panel>
        </Suspense>
      </Tabs>
    </>
  );
}
