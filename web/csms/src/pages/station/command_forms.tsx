// One command's form with the JSON it will send, and the form for any call.
import { Alert, Autocomplete, Button, Group, NumberInput, Select, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { default_timeout_s, outbound_actions } from "../../api/call";
import type { Station } from "../../api/types";
import { complete, initialValues, parsePayload, type CommandForm, type Field } from "../../commands/forms";
import { Confirm } from "../../components/confirm";
import { JsonView } from "../../components/json_view";
import { sockets, speaks16 } from "../../lib/station_state";
import { monospace_input } from "../../theme";

export type SendCommand = (action: string, payload: object, timeout_s?: number) => Promise<void>;

function FieldInput(props: { field: Field; connectors: number[]; value: string; onChange(value: string): void }) {
  const { field, connectors, value, onChange } = props;
  const { t } = useTranslation();
  const label = t(`field.${field.label}`);
  if (field.kind === "connector" || field.kind === "choice") {
    const data =
      field.kind === "choice"
        ? (field.choices ?? []).map((each) => ({ value: each, label: t(`choice.${each}`, { defaultValue: each }) }))
        : [
            ...(field.with_station ? [{ value: "0", label: t("connector.whole_station") }] : []),
            ...connectors.map((each) => ({ value: String(each), label: t("connector.number", { number: each }) })),
          ];
    return (
      <Select
        label={label}
        data={data}
        value={value === "" ? null : value}
        onChange={(chosen) => onChange(chosen ?? "")}
        allowDeselect={false}
        clearable={field.optional}
        placeholder={field.optional ? t("field.any") : undefined}
      />
    );
  }
  return (
    <TextInput label={label} required={!field.optional} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
  );
}

interface FormCommandProps {
  form: CommandForm;
  station: Station;
  busy: boolean;
  send: SendCommand;
}

export function FormCommand({ form, station, busy, send }: FormCommandProps) {
  const { t } = useTranslation();
  const known = sockets(station).map((each) => each.evse_id);
  const connectors = known.length > 0 ? known : [1];
  const [values, setValues] = useState(() => initialValues(form.fields, connectors));
  const [asking, setAsking] = useState(false);
  const payload = form.payload(values);
  const title = t(`command.${form.action}`, { defaultValue: form.action });
  const go = () => send(form.action, payload);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (form.dangerous) {
      setAsking(true);
    } else {
      void go();
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={3}>{title}</Title>
        <Text size="sm" c="var(--quiet)">
          {t(`command_hint.${form.action}`, { defaultValue: "" })}
        </Text>
        {form.fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            connectors={connectors}
            value={values[field.name] ?? ""}
            onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
          />
        ))}
        <div>
          <Text size="sm" c="var(--quiet)">
            {t("commands.will_send")}
          </Text>
          <JsonView value={payload} label={t("commands.will_send")} />
        </div>
        <Group>
          <Button type="submit" loading={busy} disabled={!station.connected || !complete(form.fields, values)}>
            {t("commands.send")}
          </Button>
        </Group>
      </Stack>
      {asking && (
        <Confirm
          title={t("commands.confirm", { command: title })}
          action={t("commands.send")}
          run={async () => {
            setAsking(false);
            void go();
          }}
          onDone={() => undefined}
          onClose={() => setAsking(false)}
        >
          <Text size="sm">{t(`command_hint.${form.action}`, { defaultValue: "" })}</Text>
        </Confirm>
      )}
    </form>
  );
}

const max_timeout_s = 300;

export function RawCommand({ station, busy, send }: { station: Station; busy: boolean; send: SendCommand }) {
  const { t } = useTranslation();
  const { connected } = station;
  const [action, setAction] = useState(speaks16(station) ? "GetConfiguration" : "GetVariables");
  const [text, setText] = useState("{}");
  const [timeout, setTimeout] = useState(default_timeout_s);
  const parsed = parsePayload(text);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if ("payload" in parsed) {
      void send(action, parsed.payload, timeout);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={3}>{t("commands.raw")}</Title>
        <Text size="sm" c="var(--quiet)">
          {t("commands.raw_explained")}
        </Text>
        <Autocomplete
          label={t("column.action")}
          data={speaks16(station) ? [...outbound_actions] : []}
          value={action}
          onChange={setAction}
          required
          maxLength={64}
        />
        <Textarea
          label={t("commands.payload")}
          styles={monospace_input}
          autosize
          minRows={6}
          maxRows={18}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          spellCheck={false}
          error={"problem" in parsed ? t(`commands.problem_${parsed.problem}`, { detail: parsed.detail }) : undefined}
        />
        <NumberInput
          label={t("commands.timeout")}
          value={timeout}
          onChange={(value) => setTimeout(Number(value))}
          min={1}
          max={max_timeout_s}
          w={160}
        />
        {!connected && <Alert color="orange">{t("commands.offline")}</Alert>}
        <Group>
          <Button type="submit" loading={busy} disabled={!connected || "problem" in parsed || action === ""}>
            {t("commands.send")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
