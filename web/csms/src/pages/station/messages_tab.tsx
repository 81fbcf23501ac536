// The station's message trace: live tail of exchanges with latency, filters in the address, pause, export.
import { Button, Group, Select, Skeleton, Switch, Text, TextInput } from "@mantine/core";
import { IconDownload, IconMessages, IconPlayerPause, IconPlayerPlay, IconSearch } from "@tabler/icons-react";
import { memo, useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { saveFile } from "../../lib/save_file";
import { useUrlValue } from "../../lib/hooks";
import { useFormat } from "../../lib/use_format";
import { exchangesOf, matches, toNdjson } from "../../trace/exchanges";
import { useTrace } from "../../trace/use_trace";
import { TraceDetail } from "./trace_detail";
import { TraceTable } from "./trace_table";
import classes from "./station.module.css";

function MessagesTab({ station }: { station: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const trace = useTrace(station);
  const [action, setAction] = useUrlValue("action");
  const [direction, setDirection] = useUrlValue("direction");
  const [text, setText] = useUrlValue("text");
  const [errors, setErrors] = useUrlValue("errors");
  const [paused_at, setPausedAt] = useState<number>();
  const [selected, setSelected] = useState<string>();
  const sought = useDeferredValue(text);

  const newest = trace.frames.at(-1)?.seq ?? 0;
  const all = useMemo(() => {
    const frames = paused_at === undefined ? trace.frames : trace.frames.filter((frame) => frame.seq <= paused_at);
    return exchangesOf(frames);
  }, [trace.frames, paused_at]);
  const actions = useMemo(() => [...new Set(all.map((each) => each.action))].filter((each) => each !== "").sort(), [all]);
  const shown = useMemo(
    () =>
      all
        .filter((each) =>
          matches(each, {
            action,
            direction: direction === "received" || direction === "sent" ? direction : "",
            text: sought,
            errors: errors !== "",
          }),
        )
        .reverse(),
    [all, action, direction, sought, errors],
  );
  const open = all.find((each) => each.key === selected);
  const held_back = paused_at === undefined ? 0 : trace.frames.filter((frame) => frame.seq > paused_at).length;

  if (trace.error) {
    return <Failure error={trace.error} retry={() => void trace.refetch()} />;
  }
  if (trace.pending) {
    return <Skeleton h={320} aria-label={t("state.loading")} />;
  }
  return (
    <>
      <Group gap="sm" mb="sm" align="center">
        <TextInput
          flex="1 1 200px"
          maw={320}
          type="search"
          size="sm"
          aria-label={t("trace.search")}
          placeholder={t("trace.search")}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Select
          size="sm"
          w={210}
          aria-label={t("trace.action")}
          placeholder={t("trace.any_action")}
          clearable
          searchable
          data={actions}
          value={action === "" ? null : action}
          onChange={(value) => setAction(value ?? "")}
        />
        <Select
          size="sm"
          w={190}
          aria-label={t("trace.direction")}
          placeholder={t("trace.any_direction")}
          clearable
          data={[
            { value: "received", label: t("trace.from_station") },
            { value: "sent", label: t("trace.to_station") },
          ]}
          value={direction === "" ? null : direction}
          onChange={(value) => setDirection(value ?? "")}
        />
        <Switch
          size="sm"
          label={t("trace.errors_only")}
          checked={errors !== ""}
          onChange={(event) => setErrors(event.currentTarget.checked ? "1" : "")}
        />
        <Group gap="xs" ml="auto">
          <Text size="sm" c="var(--quiet)" role="status">
            {held_back > 0 ? t("trace.held_back", { count: held_back }) : t("trace.count", { shown: format.count(shown.length), all: format.count(all.length) })}
          </Text>
          <Button
            size="xs"
            variant={paused_at === undefined ? "default" : "filled"}
            leftSection={paused_at === undefined ? <IconPlayerPause size={15} aria-hidden /> : <IconPlayerPlay size={15} aria-hidden />}
            onClick={() => setPausedAt(paused_at === undefined ? newest : undefined)}
          >
            {paused_at === undefined ? t("trace.pause") : t("trace.resume")}
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconDownload size={15} aria-hidden />}
            disabled={shown.length === 0}
            onClick={() => saveFile(`${station}.ndjson`, "application/x-ndjson", toNdjson(shown))}
          >
            NDJSON
          </Button>
        </Group>
      </Group>
      {shown.length === 0 ? (
        <Empty icon={<IconMessages />} title={all.length === 0 ? t("trace.none") : t("trace.none_match")}>
          {all.length === 0 ? t("trace.none_hint") : null}
        </Empty>
      ) : (
        <div className={`${classes.trace} ${classes.trace_grid}`} data-open={open !== undefined}>
          <TraceTable exchanges={shown} selected={selected} onSelect={setSelected} />
          {open && <TraceDetail exchange={open} onClose={() => setSelected(undefined)} />}
        </div>
      )}
    </>
  );
}

export default memo(MessagesTab); // the page around it is drawn every second
