// One charging session: figures, curves on one time axis, meter readings, and what a person should look at.
import { Alert, Anchor, Button, Group, List, Paper, Skeleton, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconArrowLeft } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api } from "../../api/client";
import { queries } from "../../api/queries";
import type { Session } from "../../api/types";
import { SessionCharts } from "../../charts/session_charts";
import { Confirm } from "../../components/confirm";
import { Failure } from "../../components/failure";
import { Figure, Figures } from "../../components/figure";
import { useDocumentTitle, useNow } from "../../lib/hooks";
import { powerCurves } from "../../lib/curves";
import { useMay } from "../../lib/me";
import { doubtsOf, lastedMs, lastReading } from "../../lib/session_time";
import { useFormat } from "../../lib/use_format";
import { SessionStatePill } from "./session_list";
import { SignedValues } from "./signed_values";
import stationClasses from "../station/station.module.css";

const axis_step_s = 2;

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={stationClasses.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Facts({ session }: { session: Session }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = session.stop_reason;
  return (
    <Paper withBorder p="md" mb="md">
      <dl className={stationClasses.facts} style={{ margin: 0 }}>
        <Fact name={t("column.station")}>
          <Anchor component={Link} href={`/stations/${encodeURIComponent(session.station)}`} size="sm">
            {session.station}
          </Anchor>{" "}
          · {t("connector.number", { number: session.evse_id })}
        </Fact>
        <Fact name={t("column.token")}>
          {session.token || "–"}
          {session.authorization !== "Accepted" && ` (${t(`token_status.${session.authorization}`)})`}
        </Fact>
        <Fact name={t("column.started")}>{format.dateTime(session.started)}</Fact>
        <Fact name={t("column.ended")}>{format.dateTime(session.ended)}</Fact>
        <Fact name={t("session.meter_start")}>{format.register(session.meter_start_wh)}</Fact>
        {session.state === "running" ? (
          <Fact name={t("session.meter_last")}>{format.register(session.meter_last_wh)}</Fact>
        ) : (
          <Fact name={t("session.meter_stop")}>{format.register(session.meter_stop_wh)}</Fact>
        )}
        <Fact name={t("column.reason")}>{reason === null ? "–" : t(`reason.${reason}`, { defaultValue: reason })}</Fact>
        <Fact name={t("session.transaction")}>{session.transaction_id || "–"}</Fact>
        <Fact name={t("session.billable")}>{session.billable ? t("state.yes") : t("state.no")}</Fact>
      </dl>
    </Paper>
  );
}

// For a session whose station will not end it any more.
function CloseSession({ session }: { session: Session }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button size="xs" variant="default" ml="auto" onClick={() => setAsking(true)}>
        {t("session.close")}
      </Button>
      {asking && (
        <Confirm
          title={t("session.close_title")}
          action={t("session.close")}
          run={() => api("post", "/sessions/{id}/close", { path: { id: session.id } })}
          onDone={() => {
            setAsking(false);
            void client.invalidateQueries();
          }}
          onClose={() => setAsking(false)}
        >
          <Text size="sm">{t("session.close_hint")}</Text>
        </Confirm>
      )}
    </>
  );
}

export default function SessionPage({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const may_close = useMay("operate");
  const { data: session, error, refetch } = useQuery(queries.session(id));
  const curves = useQuery(queries.meterValues(id));
  useDocumentTitle(session ? t("session.title", { station: session.station }) : t("nav.sessions"));
  const back = (
    <Anchor component={Link} href="/sessions" size="sm" mb="xs" style={{ display: "inline-flex", alignItems: "center", gap: 4 }}>
      <IconArrowLeft size={15} aria-hidden />
      {t("nav.sessions")}
    </Anchor>
  );
  if (!session) {
    return (
      <>
        {back}
        {error ? <Failure error={error} retry={() => void refetch()} /> : <Skeleton h={300} aria-label={t("state.loading")} />}
      </>
    );
  }
  const running = session.state === "running";
  const doubts = doubtsOf(session);
  const lasted = lastedMs(session, now, curves.data ? lastReading(curves.data.series) : null);
  const power = curves.data ? powerCurves(curves.data.series)[0] : undefined;
  const peak = power ? Math.max(...power.points.map(([, value]) => value)) : null;
  return (
    <>
      {back}
      <Group gap="sm" mb="md">
        <Title order={1}>{t("session.title", { station: session.station })}</Title>
        <SessionStatePill session={session} />
        {running && may_close && <CloseSession session={session} />}
      </Group>
      {session.flags.includes("matched_stop") && (
        <Text size="sm" c="var(--quiet)" mb="md">
          <b>{t("flag.matched_stop")}.</b> {t("flag_hint.matched_stop")}
        </Text>
      )}
      {doubts.length > 0 && (
        <Alert color="orange" mb="md" icon={<IconAlertTriangle aria-hidden />} title={t("session.flagged")}>
          <List size="sm">
            {doubts.map((flag) => (
              <List.Item key={flag}>
                <b>{t(`flag.${flag}`)}.</b> {t(`flag_hint.${flag}`)}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      <Figures label={t("session.figures")}>
        <Figure label={t("column.energy")} value={format.energy(session.energy_wh)} />
        <Figure label={t("column.duration")} value={lasted === null ? "–" : format.duration(lasted)} />
        {running ? (
          <Figure label={t("column.power")} value={format.power(session.power_w)} />
        ) : (
          <Figure
            label={t("session.mean_power")}
            value={format.power(session.energy_wh === null || lasted === null || lasted <= 0 ? null : (session.energy_wh * 3_600_000) / lasted)}
          />
        )}
        <Figure label={t("session.peak_power")} value={format.power(peak)} />
        {session.soc_percent !== null && <Figure label={t("column.soc")} value={format.percent(session.soc_percent)} />}
      </Figures>
      <Facts session={session} />
      <Paper withBorder p="md" component="section" aria-label={t("session.curves")}>
        {curves.error ? (
          <Failure error={curves.error} retry={() => void curves.refetch()} />
        ) : curves.data ? (
          <>
            <SessionCharts session={session} curves={curves.data} now={Math.ceil(now / 1000 / axis_step_s) * axis_step_s * 1000} />
            {curves.data.truncated && (
              <Text size="sm" c="var(--quiet)" mt="sm">
                {t("session.truncated")}
              </Text>
            )}
          </>
        ) : (
          <Skeleton h={300} aria-label={t("state.loading")} />
        )}
      </Paper>
      {curves.data && curves.data.signed.length > 0 && <SignedValues signed={curves.data.signed} />}
    </>
  );
}
