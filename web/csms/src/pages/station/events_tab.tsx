// The station's log: boots, security events, firmware status.
import { Skeleton, Table } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/queries";
import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { MoreButton } from "../../components/more_button";
import { useFormat } from "../../lib/use_format";

export default function EventsTab({ station }: { station: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const events = useInfiniteQuery({ ...queries.events(station), refetchInterval: 15_000 });
  if (events.error) {
    return <Failure error={events.error} retry={() => void events.refetch()} />;
  }
  if (!events.data) {
    return <Skeleton h={200} aria-label={t("state.loading")} />;
  }
  const items = events.data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    return (
      <Empty icon={<IconHistory />} title={t("events.none")}>
        {t("events.none_hint")}
      </Empty>
    );
  }
  return (
    <>
      <Table.ScrollContainer minWidth={520}>
        <Table bg="var(--mantine-color-body)" withTableBorder>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={210}>{t("column.time")}</Table.Th>
              <Table.Th w={220}>{t("column.kind")}</Table.Th>
              <Table.Th>{t("column.detail")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((event) => (
              <Table.Tr key={event.id}>
                <Table.Td>{format.dateTime(event.at)}</Table.Td>
                <Table.Td>{t(`event_kind.${event.kind}`, { defaultValue: event.kind })}</Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{event.detail}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <MoreButton query={events} />
    </>
  );
}
