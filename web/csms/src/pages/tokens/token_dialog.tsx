// Adds or changes a token.
import { Alert, Button, Checkbox, Group, Modal, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api, ApiError } from "../../api/client";
import type { AuthorizationStatus, Token, TokenType } from "../../api/types";
import { errorText } from "../../lib/error_text";
import { localTimeText, timeFromLocalText } from "../../lib/local_time";

const types: TokenType[] = ["ISO14443", "ISO15693", "Central", "Local", "eMAID", "MacAddress", "KeyCode"];
const statuses: AuthorizationStatus[] = ["Accepted", "Blocked", "Expired", "Invalid"];
const id_tag_length = 20; // OCPP 1.6 CiString20Type

export function TokenDialog({ token, onClose }: { token?: Token; onClose(): void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [id, setId] = useState(token?.id ?? "");
  const [type, setType] = useState<TokenType>(token?.type ?? "ISO14443");
  const [status, setStatus] = useState<AuthorizationStatus>(token?.status ?? "Accepted");
  const [group, setGroup] = useState(token?.group ?? "");
  const [until, setUntil] = useState(localTimeText(token?.valid_until ?? null));
  const [concurrent, setConcurrent] = useState(token?.concurrent_allowed ?? false);
  const [note, setNote] = useState(token?.note ?? "");
  const save = useMutation({
    mutationFn: async () => {
      if (!token) {
        await refuseExisting(id);
      }
      return api("put", "/tokens/{id}", {
        path: { id },
        body: { type, status, group, valid_until: timeFromLocalText(until), concurrent_allowed: concurrent, note },
      });
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["tokens"] });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const exists = save.error instanceof ApiError && save.error.code === "conflict";
  return (
    <Modal
      opened
      onClose={onClose}
      title={token ? t("tokens.edit", { token: token.id }) : t("tokens.add")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form onSubmit={submit}>
        <Stack>
          {!token && (
            <TextInput
              label={t("column.token")}
              description={t("tokens.id_hint")}
              required
              maxLength={id_tag_length}
              value={id}
              onChange={(event) => setId(event.currentTarget.value)}
              data-autofocus
              error={exists ? t("tokens.exists") : undefined}
            />
          )}
          <Select
            label={t("tokens.type")}
            data={types.map((value) => ({ value, label: t(`token_type.${value}`) }))}
            value={type}
            onChange={(value) => setType(value ?? type)}
            allowDeselect={false}
          />
          <Select
            label={t("column.state")}
            data={[...new Set([...statuses, status])].map((value) => ({ value, label: t(`token_status.${value}`) }))}
            value={status}
            onChange={(value) => setStatus(value ?? status)}
            allowDeselect={false}
          />
          <TextInput
            label={t("tokens.group")}
            description={t("tokens.group_hint")}
            maxLength={36}
            value={group}
            onChange={(event) => setGroup(event.currentTarget.value)}
          />
          <TextInput
            type="datetime-local"
            label={t("tokens.valid_until")}
            description={t("tokens.valid_until_hint")}
            value={until}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
          <Checkbox
            label={t("tokens.concurrent")}
            checked={concurrent}
            onChange={(event) => setConcurrent(event.currentTarget.checked)}
          />
          <Textarea label={t("tokens.note")} maxLength={500} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          {save.error && !exists && (
            <Alert color="red" role="alert">
              {errorText(t, save.error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={id === ""}>
              {t("action.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

// PUT replaces: adding must not change somebody else's token unseen. Letter case does not tell tokens apart.
async function refuseExisting(id: string): Promise<void> {
  const found = await api("get", "/tokens", { query: { search: id, limit: 500 } });
  if (found.items.some((each) => each.id.toLowerCase() === id.toLowerCase())) {
    throw new ApiError(409, "conflict", "");
  }
}
