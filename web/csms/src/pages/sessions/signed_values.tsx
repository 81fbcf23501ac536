// Signed meter readings as the meter made them, for checking elsewhere: never re-serialised.
import { Paper, Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { MeterSeries } from "../../api/types";
import { CopyField } from "../../components/copy_field";
import { useFormat } from "../../lib/use_format";

export function SignedValues({ signed }: { signed: MeterSeries["signed"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Paper withBorder p="md" mt="md" component="section">
      <Title order={2}>{t("signed.title")}</Title>
      <Text size="sm" c="var(--quiet)" mb="sm">
        {t("signed.hint")}
      </Text>
      <Table.ScrollContainer minWidth={600}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("column.time")}</Table.Th>
              <Table.Th>{t("column.kind")}</Table.Th>
              <Table.Th>{t("column.content")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {signed.map((each, index) => (
              <Table.Tr key={index}>
                <Table.Td>{format.dateTime(each.timestamp)}</Table.Td>
                <Table.Td>{each.context}</Table.Td>
                <Table.Td>
                  <CopyField value={each.data} label={t("signed.title")} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
