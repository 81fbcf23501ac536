// One exchange in full: request and answer as indented JSON, and the frames as they were on the wire.
import { CloseButton, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { TraceMessage } from "../../api/types";
import { CopyField } from "../../components/copy_field";
import { JsonView } from "../../components/json_view";
import { useFormat } from "../../lib/use_format";
import { payloadOf, type Exchange } from "../../trace/exchanges";
import classes from "./station.module.css";

function Part({ title, frame }: { title: string; frame: TraceMessage | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>
          {title}
        </Text>
        {frame && (
          <Text size="xs" c="var(--quiet)">
            {format.clockMillis(frame.at)} · {t("trace.bytes", { count: new TextEncoder().encode(frame.frame).length })}
          </Text>
        )}
      </Group>
      {frame ? (
        <JsonView value={payloadOf(frame)} label={title} />
      ) : (
        <Text size="sm" c="var(--quiet)" mb="md">
          {t("trace.not_seen")}
        </Text>
      )}
    </section>
  );
}

export function TraceDetail({ exchange, onClose }: { exchange: Exchange; onClose(): void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = (exchange.call ?? exchange.answer)?.message_id ?? "";
  return (
    <aside className={classes.detail} aria-label={exchange.action || t("trace.unreadable")}>
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <Text fw={650}>{exchange.action || t("trace.unreadable")}</Text>
        <CloseButton onClick={onClose} aria-label={t("action.close")} />
      </Group>
      <Text size="sm" c="var(--quiet)" mb="sm">
        {exchange.direction === "received" ? t("trace.from_station") : t("trace.to_station")}
        {exchange.latency_ms !== null && ` · ${t("trace.answered_in", { ms: format.count(exchange.latency_ms) })}`}
      </Text>
      {exchange.outcome !== "unreadable" && <Part title={t("trace.request")} frame={exchange.call} />}
      <Part title={exchange.outcome === "unreadable" ? t("trace.frame") : t("trace.answer")} frame={exchange.answer} />
      {id !== "" && (
        <>
          <Text size="xs" c="var(--quiet)">
            {t("trace.message_id")}
          </Text>
          <CopyField value={id} label={t("trace.message_id")} />
        </>
      )}
    </aside>
  );
}
