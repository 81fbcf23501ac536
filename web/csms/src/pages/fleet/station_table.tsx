// The fleet as a table: one line per connector, for scanning and for screen readers.
import { Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Station } from "../../api/types";
import { GroupPill, StatusPill } from "../../components/status";
import { runningOn, sockets, stationGroup, titleOf } from "../../lib/station_state";
import { useFormat } from "../../lib/use_format";

export function StationTable({ stations, now }: { stations: Station[]; now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const row = (station: Station, evse_id: number) => {
    const connector = station.connectors.find((each) => each.evse_id === evse_id);
    const session = runningOn(station, evse_id);
    return (
      <Table.Tr key={`${station.id}/${evse_id}`}>
        <Table.Td>
          <Link href={`/stations/${encodeURIComponent(station.id)}`}>{titleOf(station)}</Link>
          {station.name !== "" && (
            <Text size="xs" c="var(--quiet)">
              {station.id}
            </Text>
          )}
        </Table.Td>
        <Table.Td>{evse_id === 0 ? "–" : evse_id}</Table.Td>
        <Table.Td>
          {connector && evse_id > 0 ? (
            <StatusPill status={connector.status} offline={!station.connected} />
          ) : (
            <GroupPill group={stationGroup(station)} />
          )}
        </Table.Td>
        <Table.Td ta="right">{session ? format.power(session.power_w) : "–"}</Table.Td>
        <Table.Td ta="right">{session ? format.energy(session.energy_wh) : "–"}</Table.Td>
        <Table.Td ta="right">{format.percent(session?.soc_percent)}</Table.Td>
        <Table.Td ta="right">{session ? format.duration(now - Date.parse(session.started)) : "–"}</Table.Td>
        <Table.Td>{[station.vendor, station.model].join(" ").trim() || "–"}</Table.Td>
        <Table.Td>{station.version === null ? "–" : `OCPP ${station.version}`}</Table.Td>
      </Table.Tr>
    );
  };
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table highlightOnHover bg="var(--mantine-color-body)" withTableBorder>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("column.station")}</Table.Th>
            <Table.Th>{t("column.connector")}</Table.Th>
            <Table.Th>{t("column.state")}</Table.Th>
            <Table.Th ta="right">{t("column.power")}</Table.Th>
            <Table.Th ta="right">{t("column.energy")}</Table.Th>
            <Table.Th ta="right">{t("column.soc")}</Table.Th>
            <Table.Th ta="right">{t("column.duration")}</Table.Th>
            <Table.Th>{t("column.model")}</Table.Th>
            <Table.Th>{t("fact.version")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {stations.flatMap((station) => {
            const lines = sockets(station);
            return lines.length === 0 ? [row(station, 0)] : lines.map((connector) => row(station, connector.evse_id));
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
