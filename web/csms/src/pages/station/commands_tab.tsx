// Commands to a station: a form per common one, any OCPP call as JSON, and the answers as the station gave them.
import { Alert, Button, Group, NavLink, Paper, Stack, Text, Title } from "@mantine/core";
import { IconLock, IconPlugConnectedX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { rawCall } from "../../api/call";
import type { CallAnswer, Station } from "../../api/types";
import { command_forms } from "../../commands/forms";
import { Empty } from "../../components/empty";
import { JsonView } from "../../components/json_view";
import { errorText } from "../../lib/error_text";
import { useUrlValue } from "../../lib/hooks";
import { useMay } from "../../lib/me";
import { speaks16 } from "../../lib/station_state";
import { useFormat } from "../../lib/use_format";
import { FormCommand, RawCommand, type SendCommand } from "./command_forms";
import classes from "./commands.module.css";

interface Sent {
  id: number;
  action: string;
  payload: object;
  at: number;
  took_ms?: number;
  answer?: CallAnswer;
  error?: unknown;
}

const kept_commands = 20;

function SentCommand({ sent }: { sent: Sent }) {
  const { t } = useTranslation();
  const format = useFormat();
  const refused = sent.answer && "error" in sent.answer;
  return (
    <Paper withBorder p="sm" component="li">
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>
          {sent.action}
        </Text>
        <Text size="xs" c="var(--quiet)">
          {format.clockMillis(sent.at)}
          {sent.took_ms !== undefined && ` · ${t("trace.answered_in", { ms: format.count(sent.took_ms) })}`}
        </Text>
      </Group>
      <Text size="xs" c="var(--quiet)" ff="monospace" style={{ overflowWrap: "anywhere" }}>
        {JSON.stringify(sent.payload)}
      </Text>
      {sent.answer && (
        <>
          <Text size="sm" mt={6} c={refused ? "red" : undefined}>
            {refused ? t("commands.refused") : t("commands.answered")}
          </Text>
          <JsonView value={"error" in sent.answer ? sent.answer.error : sent.answer.result} label={t("trace.answer")} />
        </>
      )}
      {sent.error !== undefined && (
        <Alert color="red" mt="xs" role="alert">
          {errorText(t, sent.error)}
        </Alert>
      )}
      {sent.answer === undefined && sent.error === undefined && (
        <Text size="sm" mt={6} role="status">
          {t("commands.waiting")}
        </Text>
      )}
    </Paper>
  );
}

export default function CommandsTab({ station }: { station: Station }) {
  const { t } = useTranslation();
  const may = useMay("operate");
  const [chosen, setChosen] = useUrlValue("command");
  const [log, setLog] = useState<Sent[]>([]);
  const [busy, setBusy] = useState(false);

  const send: SendCommand = async (action, payload, timeout_s) => {
    const id = Date.now() + Math.random();
    const at = Date.now();
    setBusy(true);
    setLog((before) => [{ id, action, payload, at }, ...before].slice(0, kept_commands));
    const finish = (result: Partial<Sent>) =>
      setLog((before) => before.map((each) => (each.id === id ? { ...each, ...result, took_ms: Date.now() - at } : each)));
    try {
      finish({ answer: await rawCall(station.id, action, payload as Record<string, unknown>, timeout_s) });
    } catch (error) {
      finish({ error });
    } finally {
      setBusy(false);
    }
  };

  if (!may) {
    return <Empty icon={<IconLock />} title={t("commands.may_not")} />;
  }
  const forms = speaks16(station) ? command_forms : [];
  const form = forms.find((each) => each.action === chosen) ?? (chosen === "raw" ? undefined : forms[0]);
  return (
    <Stack>
      {!station.connected && (
        <Alert color="orange" icon={<IconPlugConnectedX aria-hidden />}>
          {t("commands.offline")}
        </Alert>
      )}
      <div className={classes.layout}>
        <nav aria-label={t("tab.commands")}>
          {forms.map(({ action }) => (
            <NavLink
              key={action}
              component="button"
              type="button"
              label={t(`command.${action}`, { defaultValue: action })}
              description={action}
              active={form?.action === action}
              onClick={() => setChosen(action)}
            />
          ))}
          <NavLink
            component="button"
            type="button"
            label={t("commands.raw")}
            description={t("commands.raw_hint")}
            active={form === undefined}
            onClick={() => setChosen("raw")}
          />
        </nav>
        <Paper withBorder p="md">
          {form ? (
            <FormCommand key={form.action} form={form} station={station} busy={busy} send={send} />
          ) : (
            <RawCommand station={station} busy={busy} send={send} />
          )}
        </Paper>
        <section aria-label={t("commands.log")}>
          <Group justify="space-between" mb="xs">
            <Title order={3}>{t("commands.log")}</Title>
            {log.length > 0 && (
              <Button size="compact-xs" variant="subtle" onClick={() => setLog([])}>
                {t("commands.clear_log")}
              </Button>
            )}
          </Group>
          {log.length === 0 ? (
            <Text size="sm" c="var(--quiet)">
              {t("commands.log_empty")}
            </Text>
          ) : (
            <Stack gap="xs" component="ol" className={classes.log}>
              {log.map((each) => (
                <SentCommand key={each.id} sent={each} />
              ))}
            </Stack>
          )}
        </section>
      </div>
    </Stack>
  );
}
