// Chooses the token a remote start is made with.
import { Anchor, Autocomplete, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api } from "../../api/client";

const last_token_key = "ladestrom.last-token";
export function StartDialog(props: { connector: number; token_length: number; onStart(token: string): void; onClose(): void }) {
  const { t } = useTranslation();
  const [token, setToken] = useState(() => localStorage.getItem(last_token_key) ?? "");
  const tokens = useQuery({
    queryKey: ["tokens", "choose", token],
    queryFn: ({ signal }) => api("get", "/tokens", { query: { search: token || undefined, limit: 20 }, signal }),
    placeholderData: (before) => before,
  });
  const any = useQuery({
    queryKey: ["tokens", "choose", ""],
    queryFn: ({ signal }) => api("get", "/tokens", { query: { limit: 20 }, signal }),
  });
  const offered = [...(tokens.data?.items ?? []), ...(any.data?.items ?? [])].filter((each) => each.status === "Accepted");
  const names = [...new Set(offered.map((each) => each.id))];
  const note = offered.find((each) => each.id.toLowerCase() === token.toLowerCase())?.note;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    localStorage.setItem(last_token_key, token);
    props.onStart(token);
  };
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t("start.title", { number: props.connector })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Autocomplete
            label={t("start.token")}
            description={t("start.token_hint")}
            data={names}
            value={token}
            onChange={setToken}
            maxLength={props.token_length}
            required
            data-autofocus
            openOnFocus={token === ""}
          />
          {note && (
            <Text size="sm" c="var(--quiet)">
              {note}
            </Text>
          )}
          {any.data?.items.length === 0 && (
            <Group gap="sm">
              <Text size="sm">{t("start.no_tokens")}</Text>
              <Anchor component={Link} href="/tokens" size="sm">
                {t("start.add_token")}
              </Anchor>
            </Group>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" disabled={token === ""}>
              {t("start.submit")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
