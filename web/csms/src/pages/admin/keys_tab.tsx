// Keys for machines: made, shown once, revoked.
import { ActionIcon, Alert, Button, Group, Modal, Select, Skeleton, Stack, Table, Text, TextInput } from "@mantine/core";
import { IconKey, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { queries } from "../../api/queries";
import type { ApiKey, Scope } from "../../api/types";
import { Confirm } from "../../components/confirm";
import { CopyField } from "../../components/copy_field";
import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { errorText } from "../../lib/error_text";
import { useFormat } from "../../lib/use_format";
import { scopes } from "./users_tab";

function NewKeyDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Scope>("read");
  const make = useMutation({
    mutationFn: () => api("post", "/api-keys", { body: { name, scope } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["api-keys"] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={t("keys.add")} closeButtonProps={{ "aria-label": t("action.close") }}>
      {make.data ? (
        <Stack>
          <Text size="sm">{t("keys.once")}</Text>
          <CopyField value={make.data.key} label={t("keys.key")} />
          <Text size="sm" c="var(--quiet)">
            {t("keys.how")}
          </Text>
          <Group justify="flex-end">
            <Button onClick={onClose}>{t("action.done")}</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <TextInput label={t("keys.name")} description={t("keys.name_hint")} required maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
            <Select
              label={t("users.scope")}
              data={scopes.map((value) => ({ value, label: t(`scope.${value}`) }))}
              value={scope}
              onChange={(value) => setScope(value ?? scope)}
              allowDeselect={false}
            />
            {make.error && (
              <Alert color="red" role="alert">
                {errorText(t, make.error)}
              </Alert>
            )}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t("action.cancel")}
              </Button>
              <Button type="submit" loading={make.isPending}>
                {t("keys.add")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

export function KeysTab() {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(queries.apiKeys());
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey>();
  if (!data) {
    return error ? <Failure error={error} retry={() => void refetch()} /> : <Skeleton h={160} />;
  }
  return (
    <>
      <Group justify="flex-end" mb="sm">
        <Button size="sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
          {t("keys.add")}
        </Button>
      </Group>
      {data.items.length === 0 ? (
        <Empty icon={<IconKey />} title={t("keys.none")}>
          {t("keys.none_hint")}
        </Empty>
      ) : (
        <Table.ScrollContainer minWidth={600}>
          <Table bg="var(--mantine-color-body)" withTableBorder aria-label={t("admin.keys")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("keys.name")}</Table.Th>
                <Table.Th>{t("users.scope")}</Table.Th>
                <Table.Th>{t("keys.created")}</Table.Th>
                <Table.Th>{t("keys.last_used")}</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.items.map((key) => (
                <Table.Tr key={key.id}>
                  <Table.Td fw={600}>{key.name}</Table.Td>
                  <Table.Td>{t(`scope.${key.scope}`)}</Table.Td>
                  <Table.Td>
                    {format.dateTime(key.created)} · {key.created_by}
                  </Table.Td>
                  <Table.Td>{key.last_used === null ? t("users.never") : format.dateTime(key.last_used)}</Table.Td>
                  <Table.Td ta="right">
                    <ActionIcon variant="subtle" color="red" onClick={() => setRevoking(key)} aria-label={t("keys.revoke", { name: key.name })}>
                      <IconTrash size={16} />
                    </ActionIcon>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {adding && <NewKeyDialog onClose={() => setAdding(false)} />}
      {revoking && (
        <Confirm
          title={t("keys.revoke", { name: revoking.name })}
          action={t("keys.revoke_do")}
          run={() => api("delete", "/api-keys/{id}", { path: { id: revoking.id } })}
          onDone={() => {
            setRevoking(undefined);
            void client.invalidateQueries({ queryKey: ["api-keys"] });
          }}
          onClose={() => setRevoking(undefined)}
        >
          <Text size="sm">{t("keys.revoke_hint")}</Text>
        </Confirm>
      )}
    </>
  );
}
