// People who may log in.
import { ActionIcon, Alert, Button, Group, Modal, PasswordInput, Select, Skeleton, Stack, Table, TextInput } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { queries } from "../../api/queries";
import type { Scope, User } from "../../api/types";
import { Confirm } from "../../components/confirm";
import { Failure } from "../../components/failure";
import { errorText } from "../../lib/error_text";
import { useFormat } from "../../lib/use_format";

export const scopes = ["read", "operate", "admin"] as const satisfies readonly Scope[];
const least_length = 10;

function UserDialog({ user, onClose }: { user?: User; onClose(): void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState(user?.name ?? "");
  const [scope, setScope] = useState<Scope>(user?.scope ?? "operate");
  const [password, setPassword] = useState("");
  const save = useMutation({
    mutationFn: () =>
      api("put", "/users/{name}", { path: { name }, body: { scope, ...(password === "" ? {} : { password }) } }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["users"] });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={user ? t("users.edit", { name: user.name }) : t("users.add")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <form onSubmit={submit}>
        <Stack>
          {!user && (
            <TextInput label={t("login.user")} required maxLength={64} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
          )}
          <Select
            label={t("users.scope")}
            data={scopes.map((value) => ({ value, label: t(`scope.${value}`) }))}
            value={scope}
            onChange={(value) => setScope(value ?? scope)}
            allowDeselect={false}
          />
          <PasswordInput
            label={t("login.password")}
            description={user ? t("users.password_keep") : t("account.length", { count: least_length })}
            required={!user}
            minLength={least_length}
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ "aria-label": t("login.show_password") }}
          />
          {save.error && (
            <Alert color="red" role="alert">
              {errorText(t, save.error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("action.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

export function UsersTab() {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(queries.users());
  const [editing, setEditing] = useState<User | "new">();
  const [removing, setRemoving] = useState<User>();
  if (!data) {
    return error ? <Failure error={error} retry={() => void refetch()} /> : <Skeleton h={160} />;
  }
  return (
    <>
      <Group justify="flex-end" mb="sm">
        <Button size="sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing("new")}>
          {t("users.add")}
        </Button>
      </Group>
      <Table.ScrollContainer minWidth={560}>
        <Table bg="var(--mantine-color-body)" withTableBorder aria-label={t("admin.users")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("login.user")}</Table.Th>
              <Table.Th>{t("users.scope")}</Table.Th>
              <Table.Th>{t("users.last_login")}</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.items.map((user) => (
              <Table.Tr key={user.name}>
                <Table.Td fw={600}>{user.name}</Table.Td>
                <Table.Td>{t(`scope.${user.scope}`)}</Table.Td>
                <Table.Td>
                  {user.last_login === null ? t("users.never") : format.dateTime(user.last_login)}
                  {!user.has_password && ` · ${t("users.no_password")}`}
                </Table.Td>
                <Table.Td>
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    <ActionIcon variant="subtle" onClick={() => setEditing(user)} aria-label={t("users.edit", { name: user.name })}>
                      <IconPencil size={16} />
                    </ActionIcon>
                    <ActionIcon variant="subtle" color="red" onClick={() => setRemoving(user)} aria-label={t("users.remove", { name: user.name })}>
                      <IconTrash size={16} />
                    </ActionIcon>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {editing && <UserDialog user={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} />}
      {removing && (
        <Confirm
          title={t("users.remove", { name: removing.name })}
          action={t("action.delete")}
          run={() => api("delete", "/users/{name}", { path: { name: removing.name } })}
          onDone={() => {
            setRemoving(undefined);
            void client.invalidateQueries({ queryKey: ["users"] });
          }}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </>
  );
}
