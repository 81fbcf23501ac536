// Who may charge: cards, apps and contracts.
import { ActionIcon, Button, Group, Skeleton, Text, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconBan, IconCheck, IconId, IconPencil, IconPlus, IconSearch, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api } from "../../api/client";
import { queries } from "../../api/queries";
import type { Token } from "../../api/types";
import { Confirm } from "../../components/confirm";
import { DataTable, type Column } from "../../components/data_table";
import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { MoreButton } from "../../components/more_button";
import { Pill } from "../../components/status";
import { PageTitle } from "../../components/page_title";
import { useUrlValue } from "../../lib/hooks";
import { useMay } from "../../lib/me";
import { useFormat } from "../../lib/use_format";
import { TokenDialog } from "./token_dialog";

const typing_ms = 250;

function StatusPill({ token }: { token: Token }) {
  const { t } = useTranslation();
  const expired = token.valid_until !== null && Date.parse(token.valid_until) < Date.now();
  const status = token.status === "Accepted" && expired ? "Expired" : token.status;
  const good = status === "Accepted";
  return <Pill look={good ? { icon: IconCheck, tone: "green" } : { icon: IconBan, tone: "red" }} text={t(`token_status.${status}`)} />;
}

function Actions({ token, onEdit, onRemove }: { token: Token; onEdit(): void; onRemove(): void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const blocked = token.status === "Blocked";
  const toggle = useMutation({
    mutationFn: () => {
      const { id, ...rest } = token;
      return api("put", "/tokens/{id}", { path: { id }, body: { ...rest, status: blocked ? "Accepted" : "Blocked" } });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["tokens"] }),
  });
  const word = blocked ? t("tokens.unblock") : t("tokens.block");
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end">
      <Button size="compact-xs" variant="subtle" color={blocked ? "brand" : "red"} loading={toggle.isPending} onClick={() => toggle.mutate()} aria-label={`${word} ${token.id}`}>
        {word}
      </Button>
      <Tooltip label={t("action.edit")}>
        <ActionIcon variant="subtle" onClick={onEdit} aria-label={t("tokens.edit", { token: token.id })}>
          <IconPencil size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t("action.delete")}>
        <ActionIcon variant="subtle" color="red" onClick={onRemove} aria-label={t("tokens.delete", { token: token.id })}>
          <IconTrash size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

export default function TokensPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const may = useMay("operate");
  const [search, setSearch] = useUrlValue("q");
  const [sought] = useDebouncedValue(search, typing_ms);
  const [editing, setEditing] = useState<Token | "new">();
  const [removing, setRemoving] = useState<Token>();
  const tokens = useInfiniteQuery({ ...queries.tokens(sought), placeholderData: (before) => before });
  const items = useMemo(() => tokens.data?.pages.flatMap((page) => page.items) ?? [], [tokens.data]);

  const columns = useMemo(
    (): Column<Token>[] => [
      {
        id: "id",
        accessorFn: (row) => row.id,
        header: () => t("column.token"),
        sortFn: "alphanumeric",
        cell: ({ row }) => (
          <>
            <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
              {row.original.id}
            </Text>
            <Text size="xs" c="var(--quiet)">
              {t(`token_type.${row.original.type}`)}
            </Text>
          </>
        ),
      },
      {
        id: "status",
        accessorFn: (row) => row.status,
        header: () => t("column.state"),
        sortFn: "alphanumeric",
        cell: ({ row }) => <StatusPill token={row.original} />,
      },
      {
        id: "group",
        accessorFn: (row) => row.group,
        header: () => t("tokens.group"),
        sortFn: "alphanumeric",
        cell: ({ row }) => row.original.group || "–",
      },
      {
        id: "valid_until",
        accessorFn: (row) => row.valid_until ?? "9999",
        header: () => t("tokens.valid_until"),
        sortFn: "alphanumeric",
        cell: ({ row }) => (row.original.valid_until === null ? t("tokens.always") : format.dateTime(row.original.valid_until)),
      },
      {
        id: "note",
        accessorFn: (row) => row.note,
        header: () => t("tokens.note"),
        sortFn: "alphanumeric",
        cell: ({ row }) => row.original.note || "–",
      },
      {
        id: "sessions",
        header: () => t("nav.sessions"),
        enableSorting: false,
        cell: ({ row }) => <Link href={`/sessions?token=${encodeURIComponent(row.original.id)}`}>{t("tokens.show_sessions")}</Link>,
      },
      ...(may
        ? [
            {
              id: "actions",
              header: () => null,
              enableSorting: false,
              cell: ({ row }) => (
                <Actions token={row.original} onEdit={() => setEditing(row.original)} onRemove={() => setRemoving(row.original)} />
              ),
            } satisfies Column<Token>,
          ]
        : []),
    ],
    [t, format, may],
  );

  return (
    <>
      <PageTitle title={t("nav.tokens")}>
        {may && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing("new")}>
            {t("tokens.add")}
          </Button>
        )}
      </PageTitle>
      <TextInput
        mb="md"
        maw={360}
        type="search"
        aria-label={t("tokens.search")}
        placeholder={t("tokens.search")}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {tokens.error ? (
        <Failure error={tokens.error} retry={() => void tokens.refetch()} />
      ) : tokens.isPending ? (
        <Skeleton h={240} aria-label={t("state.loading")} />
      ) : items.length === 0 ? (
        <Empty icon={<IconId />} title={sought === "" ? t("tokens.none") : t("tokens.none_found")}>
          {sought === "" ? t("tokens.none_hint") : null}
        </Empty>
      ) : (
        <>
          <DataTable columns={columns} data={items} min_width={860} label={t("nav.tokens")} />
          <MoreButton query={tokens} />
        </>
      )}
      {editing && <TokenDialog token={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} />}
      {removing && (
        <Confirm
          title={t("tokens.delete_title", { token: removing.id })}
          action={t("action.delete")}
          run={() => api("delete", "/tokens/{id}", { path: { id: removing.id } })}
          onDone={() => {
            setRemoving(undefined);
            void client.invalidateQueries({ queryKey: ["tokens"] });
          }}
          onClose={() => setRemoving(undefined)}
        >
          <Text size="sm">{t("tokens.delete_hint")}</Text>
        </Confirm>
      )}
    </>
  );
}
