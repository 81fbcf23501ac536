// Who changed what, newest first.
import { Skeleton, Table } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/queries";
import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { MoreButton } from "../../components/more_button";
import { useFormat } from "../../lib/use_format";

export function AuditTab() {
  const { t } = useTranslation();
  const format = useFormat();
  const audit = useInfiniteQuery({ ...queries.audit(), staleTime: 0 });
  if (!audit.data) {
    return audit.error ? <Failure error={audit.error} retry={() => void audit.refetch()} /> : <Skeleton h={200} />;
  }
  const items = audit.data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    return <Empty icon={<IconHistory />} title={t("audit.none")} />;
  }
  return (
    <>
      <Table.ScrollContainer minWidth={700}>
        <Table bg="var(--mantine-color-body)" withTableBorder aria-label={t("admin.audit")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("column.time")}</Table.Th>
              <Table.Th>{t("audit.actor")}</Table.Th>
              <Table.Th>{t("column.origin")}</Table.Th>
              <Table.Th>{t("column.action")}</Table.Th>
              <Table.Th>{t("audit.status")}</Table.Th>
              <Table.Th>{t("column.detail")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((entry) => (
              <Table.Tr key={entry.id}>
                <Table.Td>{format.dateTime(entry.at)}</Table.Td>
                <Table.Td>{entry.actor}</Table.Td>
                <Table.Td>{entry.address}</Table.Td>
                <Table.Td ff="monospace" fz="xs" style={{ overflowWrap: "anywhere" }}>
                  {entry.action}
                </Table.Td>
                <Table.Td>{entry.status}</Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{entry.detail}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <MoreButton query={audit} />
    </>
  );
}
