// The station's configuration keys (OCPP 1.6 GetConfiguration, ChangeConfiguration): search, edit, and what waits for
// a restart.
import { ActionIcon, Alert, Button, Group, Skeleton, Text, TextInput, Tooltip } from "@mantine/core";
import { IconLock, IconPencil, IconPlugConnectedX, IconPlus, IconRefresh, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/call";
import type { Station } from "../../api/types";
import { rebootNeeded } from "../../commands/reboot_needed";
import { DataTable, type Column } from "../../components/data_table";
import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { Pill } from "../../components/status";
import { useUrlValue } from "../../lib/hooks";
import { useMay } from "../../lib/me";
import { useFormat } from "../../lib/use_format";
import { ConfigurationEdit } from "./configuration_edit";

export interface ConfigurationKey {
  key: string;
  value?: string;
  readonly: boolean;
}

export default function ConfigurationTab({ station }: { station: Station }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay("operate");
  const [search, setSearch] = useUrlValue("key");
  const [editing, setEditing] = useState<ConfigurationKey | "new">();
  const read = useQuery({
    queryKey: ["configuration", station.id],
    queryFn: () => call(station.id, "GetConfiguration", {}),
    enabled: may && station.connected,
    staleTime: Infinity, // read again when asked: it is a message to the station
    refetchOnWindowFocus: false,
    retry: false,
  });
  const waiting = rebootNeeded(sessionStorage, station.id, station.last_boot);
  const keys = useMemo((): ConfigurationKey[] => {
    const sought = search.toLowerCase();
    return (read.data?.configurationKey ?? []).filter(
      (each) => each.key.toLowerCase().includes(sought) || (each.value ?? "").toLowerCase().includes(sought),
    );
  }, [read.data, search]);

  const columns = useMemo(
    (): Column<ConfigurationKey>[] => [
      {
        id: "key",
        accessorFn: (row) => row.key,
        header: () => t("column.key"),
        sortFn: "alphanumeric",
        cell: ({ row }) => (
          <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
            {row.original.key}
          </Text>
        ),
      },
      {
        id: "value",
        accessorFn: (row) => row.value ?? "",
        header: () => t("column.value"),
        sortFn: "alphanumeric",
        cell: ({ row }) => (
          <Group gap="xs">
            <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
              {row.original.value ?? "–"}
            </Text>
            {waiting.includes(row.original.key) && <Pill look={{ icon: IconRefresh, tone: "amber" }} text={t("configuration.reboot_required")} />}
          </Group>
        ),
      },
      {
        id: "edit",
        header: () => t("column.access"),
        enableSorting: false,
        cell: ({ row }) =>
          row.original.readonly ? (
            <Tooltip label={t("configuration.readonly")}>
              <IconLock size={16} aria-label={t("configuration.readonly")} />
            </Tooltip>
          ) : (
            <ActionIcon
              variant="subtle"
              size="sm"
              onClick={() => setEditing(row.original)}
              disabled={!station.connected}
              aria-label={t("configuration.edit", { key: row.original.key })}
            >
              <IconPencil size={16} />
            </ActionIcon>
          ),
      },
    ],
    [t, station.connected, waiting.join("\n")], // eslint-disable-line react-hooks/exhaustive-deps
  );

  if (!may) {
    return <Empty icon={<IconLock />} title={t("configuration.may_not")} />;
  }
  if (!station.connected && !read.data) {
    return (
      <Empty icon={<IconPlugConnectedX />} title={t("configuration.offline")}>
        {t("configuration.offline_hint")}
      </Empty>
    );
  }
  return (
    <>
      <Group gap="sm" mb="sm">
        <TextInput
          flex="1 1 200px"
          maw={340}
          type="search"
          aria-label={t("configuration.search")}
          placeholder={t("configuration.search")}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Text size="sm" c="var(--quiet)">
          {read.dataUpdatedAt > 0 && t("configuration.read_at", { time: format.shortTime(read.dataUpdatedAt) })}
        </Text>
        <Group gap="xs" ml="auto">
          <Button size="xs" variant="default" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEditing("new")} disabled={!station.connected}>
            {t("configuration.other_key")}
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={15} aria-hidden />}
            loading={read.isFetching}
            disabled={!station.connected}
            onClick={() => void read.refetch()}
          >
            {t("configuration.read_again")}
          </Button>
        </Group>
      </Group>
      {waiting.length > 0 && (
        <Alert color="orange" mb="sm" title={t("configuration.reboot_title")}>
          {t("configuration.reboot_hint", { keys: waiting.join(", ") })}
        </Alert>
      )}
      {read.error && <Failure error={read.error} retry={() => void read.refetch()} />}
      {read.isPending && <Skeleton h={280} aria-label={t("state.loading")} />}
      {read.data &&
        (keys.length > 0 ? (
          <DataTable columns={columns} data={keys} min_width={560} label={t("tab.configuration")} />
        ) : (
          <Empty icon={<IconSearch />} title={t("configuration.none")} />
        ))}
      {(read.data?.unknownKey?.length ?? 0) > 0 && (
        <Text size="sm" c="var(--quiet)" mt="sm">
          {t("configuration.unknown_keys", { keys: read.data?.unknownKey?.join(", ") })}
        </Text>
      )}
      {editing && (
        <ConfigurationEdit
          station={station}
          entry={editing === "new" ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onChanged={() => void read.refetch()}
        />
      )}
    </>
  );
}
