// Charging sessions as a table, newest first, page after page.
import { Skeleton, Table, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconBolt, IconCheck, IconListDetails } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { queries, type SessionFilter } from "../../api/queries";
import type { Session } from "../../api/types";
import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { Pill } from "../../components/status";
import { MoreButton } from "../../components/more_button";
import { useNow } from "../../lib/hooks";
import { doubtsOf, lastedMs } from "../../lib/session_time";
import { useFormat } from "../../lib/use_format";

export function SessionStatePill({ session }: { session: Session }) {
  const { t } = useTranslation();
  return session.state === "running" ? (
    <Pill look={{ icon: IconBolt, tone: "blue" }} text={t("session.running")} />
  ) : (
    <Pill look={{ icon: IconCheck, tone: "gray" }} text={t("session.ended")} />
  );
}

function Flags({ session }: { session: Session }) {
  const { t } = useTranslation();
  const doubts = doubtsOf(session);
  if (doubts.length === 0) {
    return null;
  }
  const words = doubts.map((flag) => t(`flag.${flag}`)).join(", ");
  return (
    <Tooltip label={words} multiline maw={320}>
      <IconAlertTriangle size={16} color="var(--mantine-color-orange-6)" aria-label={words} role="img" />
    </Tooltip>
  );
}

function Row({ session, hide_station, now }: { session: Session; hide_station: boolean; now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const lasted = lastedMs(session, now);
  return (
    <Table.Tr data-session={session.id}>
      <Table.Td>
        <Link href={`/sessions/${session.id}`}>{format.shortTime(session.started, now)}</Link>
      </Table.Td>
      {!hide_station && (
        <Table.Td>
          <Link href={`/stations/${encodeURIComponent(session.station)}`}>{session.station}</Link>
        </Table.Td>
      )}
      <Table.Td>{session.evse_id}</Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere" }}>{session.token || "–"}</Table.Td>
      <Table.Td>
        <SessionStatePill session={session} />
      </Table.Td>
      <Table.Td ta="right">{lasted === null ? "–" : format.duration(lasted)}</Table.Td>
      <Table.Td ta="right" fw={600}>
        {format.energy(session.energy_wh)}
      </Table.Td>
      <Table.Td ta="right">{session.state === "running" ? format.power(session.power_w) : "–"}</Table.Td>
      <Table.Td>
        {session.stop_reason === null ? "–" : t(`reason.${session.stop_reason}`, { defaultValue: session.stop_reason })}
      </Table.Td>
      <Table.Td>
        <Flags session={session} />
      </Table.Td>
    </Table.Tr>
  );
}

export function SessionList({ filter, hide_station = false }: { filter: SessionFilter; hide_station?: boolean }) {
  const { t } = useTranslation();
  const now = useNow(5_000);
  const sessions = useInfiniteQuery(queries.sessions(filter));
  if (sessions.error) {
    return <Failure error={sessions.error} retry={() => void sessions.refetch()} />;
  }
  if (!sessions.data) {
    return <Skeleton h={240} aria-label={t("state.loading")} />;
  }
  const items = sessions.data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    return (
      <Empty icon={<IconListDetails />} title={t("sessions.none")}>
        {t("sessions.none_hint")}
      </Empty>
    );
  }
  return (
    <>
      <Table.ScrollContainer minWidth={hide_station ? 780 : 900}>
        <Table bg="var(--mantine-color-body)" withTableBorder highlightOnHover aria-label={t("nav.sessions")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("column.started")}</Table.Th>
              {!hide_station && <Table.Th>{t("column.station")}</Table.Th>}
              <Table.Th>{t("column.connector")}</Table.Th>
              <Table.Th>{t("column.token")}</Table.Th>
              <Table.Th>{t("column.state")}</Table.Th>
              <Table.Th ta="right">{t("column.duration")}</Table.Th>
              <Table.Th ta="right">{t("column.energy")}</Table.Th>
              <Table.Th ta="right">{t("column.power")}</Table.Th>
              <Table.Th>{t("column.reason")}</Table.Th>
              <Table.Th>
                <Text span size="sm" fw="inherit">
                  {t("column.flags")}
                </Text>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((session) => (
              <Row key={session.id} session={session} hide_station={hide_station} now={now} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <MoreButton query={sessions} />
    </>
  );
}
