// What runs here, where stations connect, and the server's counters.
import { Anchor, Group, Paper, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { queries } from "../../api/queries";
import { CopyField } from "../../components/copy_field";
import { Failure } from "../../components/failure";
import { stationUrl } from "../../lib/endpoint";
import { useFormat } from "../../lib/use_format";

export function AboutTab() {
  const { t } = useTranslation();
  const format = useFormat();
  const version = useQuery(queries.version());
  const counters = useQuery({
    queryKey: ["counters"],
    queryFn: ({ signal }) => api("get", "/counters", { signal }),
    refetchInterval: 5_000,
  });
  const error = version.error ?? counters.error;
  return (
    <Stack>
      {error && <Failure error={error} />}
      {version.data && (
        <Paper withBorder p="md">
          <Group justify="space-between">
            <Text>
              <b>{version.data.name}</b> {version.data.version} · OCPP {version.data.ocpp.join(", ")}
            </Text>
            <Anchor href="/api/v1/openapi.json" size="sm">
              {t("about.openapi")}
            </Anchor>
          </Group>
          <Text size="sm" c="var(--quiet)" mt="sm">
            {t("first.address")}
          </Text>
          <Group>
            <CopyField value={stationUrl(version.data, window.location, "")} label={t("first.address")} />
          </Group>
        </Paper>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {Object.entries(counters.data ?? {}).map(([part, values]) => (
          <Paper withBorder key={part} p="md">
            <Title order={3} mb="xs">
              {part}
            </Title>
            <Table aria-label={part}>
              <Table.Tbody>
                {Object.entries(values).map(([name, value]) => (
                  <Table.Tr key={name}>
                    <Table.Td>{name}</Table.Td>
                    <Table.Td ta="right">{format.count(value)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Paper>
        ))}
      </SimpleGrid>
    </Stack>
  );
}
