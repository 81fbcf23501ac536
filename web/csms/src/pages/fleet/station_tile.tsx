// One station on the fleet page, its connectors as lines.
import { Text, Tooltip } from "@mantine/core";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Connector, Session, Station } from "../../api/types";
import { ConnectionPill, StatusPill, toneOf } from "../../components/status";
import { runningOn, sockets, titleOf } from "../../lib/station_state";
import { useFormat } from "../../lib/use_format";
import classes from "./fleet.module.css";

export function SocBar({ percent }: { percent: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <span className={classes.soc} role="img" aria-label={t("session.soc_is", { percent: format.percent(percent) })}>
      <span className={classes.soc_fill} style={{ width: `${Math.min(100, Math.max(0, percent))}%` }} />
    </span>
  );
}

function ConnectorLine(props: { connector: Connector; session?: Session; connected: boolean; now: number }) {
  const { connector, session, connected, now } = props;
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <li className={classes.connector} data-tone={toneOf(connector.status, connected)}>
      <span className={classes.number} aria-label={t("connector.number", { number: connector.evse_id })}>
        {connector.evse_id}
      </span>
      <span className={classes.state}>
        <StatusPill status={connector.status} offline={!connected} />
        {connector.status === "Faulted" && connector.error !== "NoError" && (
          <Tooltip label={connector.info} disabled={connector.info === ""}>
            <Text span size="sm" c="var(--quiet)">
              {t(`connector_error.${connector.error}`, { defaultValue: connector.error })}
            </Text>
          </Tooltip>
        )}
      </span>
      {session ? (
        <>
          <span className={classes.power}>{format.power(session.power_w)}</span>
          <span className={classes.reading}>
            <span>{format.energy(session.energy_wh)}</span>
            {session.soc_percent !== null && (
              <span className={classes.charge}>
                <SocBar percent={session.soc_percent} />
                {format.percent(session.soc_percent)}
              </span>
            )}
            <span>{format.duration(now - Date.parse(session.started))}</span>
          </span>
        </>
      ) : (
        <span className={classes.since}>{t("connector.since", { time: format.shortTime(connector.since, now) })}</span>
      )}
    </li>
  );
}

export const StationTile = memo(function StationTile({ station, now }: { station: Station; now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const lines = sockets(station);
  const make = [station.vendor, station.model].filter((part) => part !== "").join(" ");
  const protocol = station.version === null ? "" : `OCPP ${station.version}`;
  const whole = station.connectors.find((each) => each.evse_id === 0);
  return (
    <article className={classes.tile} aria-label={titleOf(station)}>
      <header className={classes.tile_head}>
        <Link href={`/stations/${encodeURIComponent(station.id)}`} className={classes.title}>
          {titleOf(station)}
        </Link>
        <ConnectionPill connected={station.connected} />
        <Text size="sm" c="var(--quiet)" truncate className={classes.make}>
          {[protocol, station.name === "" ? "" : station.id, make].filter((part) => part !== "").join(" · ") || t("station.no_boot_yet")}
        </Text>
      </header>
      {whole && (whole.status === "Faulted" || whole.status === "Unavailable") && (
        <div className={classes.whole}>
          <StatusPill status={whole.status} offline={!station.connected} />
          <Text span size="sm" c="var(--quiet)">
            {t("connector.whole_station")}
          </Text>
        </div>
      )}
      {lines.length > 0 ? (
        <ul className={classes.connectors}>
          {lines.map((connector) => (
            <ConnectorLine
              key={connector.evse_id}
              connector={connector}
              session={runningOn(station, connector.evse_id)}
              connected={station.connected}
              now={now}
            />
          ))}
        </ul>
      ) : (
        <Text size="sm" c="var(--quiet)" p="sm">
          {station.connected ? t("station.no_connectors_yet") : t("station.never_connected")}
        </Text>
      )}
      {!station.connected && station.last_seen !== null && (
        <Text size="sm" c="var(--quiet)" className={classes.last_seen}>
          {t("station.last_seen", { time: format.ago(station.last_seen, now) })}
        </Text>
      )}
    </article>
  );
});
