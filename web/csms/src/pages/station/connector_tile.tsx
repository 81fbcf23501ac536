// One connector of a station: state, running session, start and stop.
import { Anchor, Button, Group, Text } from "@mantine/core";
import { IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { startCharging, stopSession } from "../../api/call";
import type { Connector, Station } from "../../api/types";
import { StatusPill, toneOf } from "../../components/status";
import { CommandProgress } from "../../commands/command_progress";
import { useCommand } from "../../commands/use_command";
import { useMay } from "../../lib/me";
import { canStart, runningOn, tokenLength } from "../../lib/station_state";
import { useFormat } from "../../lib/use_format";
import { SocBar } from "../fleet/station_tile";
import { StartDialog } from "./start_dialog";
import classes from "./station.module.css";

export function ConnectorTile({ station, connector, now }: { station: Station; connector: Connector; now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay("operate");
  const [choosing, setChoosing] = useState(false);
  const [stopping, setStopping] = useState<string>();
  const session = runningOn(station, connector.evse_id);
  const start = useCommand(session !== undefined);
  const stop = useCommand(stopping !== undefined && !station.running_sessions.some((each) => each.id === stopping));

  const onStart = (token: string) => {
    setChoosing(false);
    stop.reset();
    void start.run(() => startCharging(station.id, connector.evse_id, token));
  };
  const onStop = () => {
    if (session) {
      start.reset();
      setStopping(session.id);
      void stop.run(() => stopSession(session.id));
    }
  };
  const name = t("connector.number", { number: connector.evse_id });
  return (
    <section className={classes.connector} data-tone={toneOf(connector.status, station.connected)} aria-label={name}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text fw={600}>{name}</Text>
        <StatusPill status={connector.status} offline={!station.connected} />
      </Group>
      {connector.error !== "NoError" && (
        <Text size="sm" c="red">
          {[t(`connector_error.${connector.error}`, { defaultValue: connector.error }), connector.vendor_error_code, connector.info].filter((part) => part !== "").join(" · ")}
        </Text>
      )}
      {session ? (
        <>
          <Group gap="lg" align="baseline" mt={4}>
            <Text className={classes.power}>{format.power(session.power_w)}</Text>
            <Text>{format.energy(session.energy_wh)}</Text>
            {session.soc_percent !== null && (
              <Group gap={6} component="span">
                <SocBar percent={session.soc_percent} />
                <Text span>{format.percent(session.soc_percent)}</Text>
              </Group>
            )}
          </Group>
          <Group gap="sm">
            <Text size="sm" c="var(--quiet)">
              {t("connector.session_line", {
                token: session.token || "–",
                time: format.duration(now - Date.parse(session.started)),
              })}
            </Text>
            <Anchor component={Link} href={`/sessions/${session.id}`} size="sm">
              {t("connector.open_session")}
            </Anchor>
          </Group>
        </>
      ) : (
        <Text size="sm" c="var(--quiet)">
          {t("connector.since", { time: format.shortTime(connector.since, now) })}
        </Text>
      )}
      {may && (
        <Group gap="sm" mt="auto" pt="xs">
          {session ? (
            <Button
              size="xs"
              color="red"
              variant="light"
              leftSection={<IconPlayerStop size={16} aria-hidden />}
              disabled={!station.connected || session.transaction_id === ""}
              loading={stop.busy}
              onClick={onStop}
              aria-label={t("connector.stop_on", { number: connector.evse_id })}
            >
              {t("connector.stop")}
            </Button>
          ) : (
            <Button
              size="xs"
              variant="light"
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              disabled={!canStart(station, connector)}
              loading={start.busy}
              onClick={() => setChoosing(true)}
              aria-label={t("connector.start_on", { number: connector.evse_id })}
            >
              {t("connector.start")}
            </Button>
          )}
          {start.state && (
            <CommandProgress state={start.state} title={t("connector.start")} effect={t("connector.start_observed")} />
          )}
          {stop.state && <CommandProgress state={stop.state} title={t("connector.stop")} effect={t("connector.stop_observed")} />}
        </Group>
      )}
      {choosing && (
        <StartDialog
          connector={connector.evse_id}
          token_length={tokenLength(station)}
          onStart={onStart}
          onClose={() => setChoosing(false)}
        />
      )}
    </section>
  );
}
