// The power of the sessions that run on a station now, moving.
import { Anchor, Paper, SegmentedControl, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { queries } from "../../api/queries";
import type { Session, Station } from "../../api/types";
import { PowerChart } from "../../charts/session_charts";
import { Failure } from "../../components/failure";
import classes from "./station.module.css";

const axis_step_s = 2; // the time axis moves by this much, readings come no faster

function SessionPower({ session, now }: { session: Session; now: number }) {
  const { data, error, refetch } = useQuery(queries.meterValues(session.id));
  const start = Date.parse(session.started) / 1000;
  const end = Math.max(Math.ceil(now / 1000 / axis_step_s) * axis_step_s, start + 60);
  const time_range = useMemo((): [number, number] => [start, end], [start, end]);
  if (!data) {
    return error ? <Failure error={error} retry={() => void refetch()} /> : <Skeleton h={220} />;
  }
  return <PowerChart curves={data} time_range={time_range} />;
}

export function LivePower({ station, now }: { station: Station; now: number }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState("");
  const running = station.running_sessions;
  const session = running.find((each) => each.id === chosen) ?? running[0];
  if (!session) {
    return null;
  }
  return (
    <Paper withBorder className={classes.chart} component="section" aria-label={t("station.live_power")}>
      {running.length > 1 && (
        <SegmentedControl
          size="xs"
          mb="xs"
          aria-label={t("station.choose_session")}
          value={session.id}
          onChange={setChosen}
          data={running.map((each) => ({ value: each.id, label: t("connector.number", { number: each.evse_id }) }))}
        />
      )}
      <SessionPower key={session.id} session={session} now={now} />
      <Text size="sm" ta="right">
        <Anchor component={Link} href={`/sessions/${session.id}`} size="sm">
          {t("station.all_curves")}
        </Anchor>
      </Text>
    </Paper>
  );
}
