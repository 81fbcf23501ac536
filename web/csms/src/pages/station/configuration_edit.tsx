// Changes one configuration key and shows the station's own word on it.
import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/call";
import type { Station } from "../../api/types";
import { noteRebootNeeded } from "../../commands/reboot_needed";
import { JsonView } from "../../components/json_view";
import { errorText } from "../../lib/error_text";
import { monospace_input } from "../../theme";
import type { ConfigurationKey } from "./configuration_tab";

// OCPP 1.6 ChangeConfiguration.req: CiString50Type and CiString500Type
const key_length = 50;
const value_length = 500;

export interface ConfigurationEditProps {
  station: Station;
  entry?: ConfigurationKey; // absent: a key that the station did not list
  onClose(): void;
  onChanged(): void;
}

export function ConfigurationEdit({ station, entry, onClose, onChanged }: ConfigurationEditProps) {
  const { t } = useTranslation();
  const [key, setKey] = useState(entry?.key ?? "");
  const [value, setValue] = useState(entry?.value ?? "");
  const change = useMutation({
    mutationFn: () => call(station.id, "ChangeConfiguration", { key, value }),
    onSuccess: ({ status }) => {
      if (status === "RebootRequired") {
        noteRebootNeeded(sessionStorage, station.id, key, station.last_boot, Date.now());
      }
      if (status === "Accepted" || status === "RebootRequired") {
        onChanged();
      }
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  const status = change.data?.status;
  const taken = status === "Accepted" || status === "RebootRequired";
  return (
    <Modal
      opened
      onClose={onClose}
      title={entry ? t("configuration.edit", { key: entry.key }) : t("configuration.other_key")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form onSubmit={submit}>
        <Stack>
          {!entry && (
            <TextInput
              label={t("column.key")}
              required
              maxLength={key_length}
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              data-autofocus
            />
          )}
          <TextInput
            label={t("column.value")}
            styles={monospace_input}
            maxLength={value_length}
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
            data-autofocus={entry ? true : undefined}
          />
          <div>
            <Text size="sm" c="var(--quiet)">
              {t("commands.will_send")}
            </Text>
            <JsonView value={{ key, value }} label={t("commands.will_send")} />
          </div>
          {status && (
            <Alert color={status === "Accepted" ? "green" : taken ? "orange" : "red"} role="status">
              {t(`configuration.answer_${status}`)}
            </Alert>
          )}
          {change.error && (
            <Alert color="red" role="alert">
              {errorText(t, change.error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {taken ? t("action.close") : t("action.cancel")}
            </Button>
            {!taken && (
              <Button type="submit" loading={change.isPending} disabled={key === ""}>
                {t("configuration.send")}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
