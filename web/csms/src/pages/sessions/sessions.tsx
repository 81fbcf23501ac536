// All charging sessions, with filters that stand in the address, and the same as CSV.
import { Button, Group, Select, Switch, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { queryText } from "../../api/client";
import { PageTitle } from "../../components/page_title";
import { useUrlValue } from "../../lib/hooks";
import { sessionFilter } from "../../lib/session_filter";
import { SessionList } from "./session_list";

const typing_ms = 300;

export default function SessionsPage() {
  const { t } = useTranslation();
  const [station, setStation] = useUrlValue("station");
  const [token, setToken] = useUrlValue("token");
  const [state, setState] = useUrlValue("state");
  const [flagged, setFlagged] = useUrlValue("flagged");
  const [from, setFrom] = useUrlValue("from");
  const [to, setTo] = useUrlValue("to");
  const [filter] = useDebouncedValue(sessionFilter({ station, token, state, flagged, from, to }), typing_ms);
  const stable = JSON.stringify(filter); // equal filters are one query
  return (
    <>
      <PageTitle title={t("nav.sessions")}>
        <Button
          component="a"
          href={`/api/v1/sessions.csv${queryText({ ...filter })}`}
          download="sessions.csv"
          size="sm"
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {t("sessions.csv")}
        </Button>
      </PageTitle>
      <Group gap="sm" mb="md" align="flex-end">
        <TextInput label={t("column.station")} value={station} onChange={(event) => setStation(event.currentTarget.value)} w={190} />
        <TextInput label={t("column.token")} value={token} onChange={(event) => setToken(event.currentTarget.value)} w={190} />
        <Select
          label={t("column.state")}
          w={160}
          value={state}
          onChange={(value) => setState(value ?? "")}
          allowDeselect={false}
          data={[
            { value: "", label: t("sessions.any_state") },
            { value: "running", label: t("session.running") },
            { value: "ended", label: t("session.ended") },
          ]}
        />
        <TextInput type="date" label={t("sessions.from")} value={from} onChange={(event) => setFrom(event.currentTarget.value)} w={160} />
        <TextInput type="date" label={t("sessions.to")} value={to} onChange={(event) => setTo(event.currentTarget.value)} w={160} />
        <Switch
          label={t("sessions.flagged_only")}
          checked={flagged !== ""}
          onChange={(event) => setFlagged(event.currentTarget.checked ? "1" : "")}
          mb={8}
        />
      </Group>
      <SessionList key={stable} filter={JSON.parse(stable) as typeof filter} />
    </>
  );
}
