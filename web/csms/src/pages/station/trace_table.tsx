// Ten thousand exchanges, a screenful of them in the document. Newest first; while the list is scrolled away from
// its top, new ones do not push it.
import { Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconArrowLeft, IconArrowRight, IconCheck, IconHourglass } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../lib/use_format";
import { payloadOf, summaryOf, type Exchange } from "../../trace/exchanges";
import classes from "./station.module.css";

const row_height = 34;

function Outcome({ exchange }: { exchange: Exchange }) {
  const { t } = useTranslation();
  const Icon =
    exchange.outcome === "result" ? IconCheck : exchange.outcome === "pending" ? IconHourglass : IconAlertTriangle;
  const payload = payloadOf(exchange.answer);
  const status =
    exchange.outcome === "error" && payload && typeof payload === "object" && "code" in payload
      ? String(payload.code)
      : payload && typeof payload === "object" && "status" in payload && typeof payload.status === "string"
        ? payload.status
        : t(`trace.outcome_${exchange.outcome}`);
  return (
    <span className={classes.outcome}>
      <Icon size={15} aria-hidden style={{ flex: "none" }} />
      {status}
    </span>
  );
}

export interface TraceTableProps {
  exchanges: Exchange[];
  selected: string | undefined;
  onSelect(key: string | undefined): void;
}

export function TraceTable({ exchanges, selected, onSelect }: TraceTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const scroll = useRef<HTMLDivElement>(null);
  const first_before = useRef<string>(undefined);
  const rows = useVirtualizer({
    count: exchanges.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => row_height,
    getItemKey: (index) => exchanges[index]?.key ?? index,
    overscan: 12,
  });

  // Rows put in above the ones being read move the list by their height.
  const first = exchanges[0]?.key;
  useLayoutEffect(() => {
    const box = scroll.current;
    const before = first_before.current;
    first_before.current = first;
    if (box && before !== undefined && before !== first && box.scrollTop > row_height) {
      const added = exchanges.findIndex((each) => each.key === before);
      if (added > 0) {
        box.scrollTop += added * row_height;
      }
    }
  }, [first, exchanges]);

  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      const at = exchanges.findIndex((each) => each.key === selected);
      const next = Math.min(exchanges.length - 1, Math.max(0, at + step));
      onSelect(exchanges[next]?.key);
      rows.scrollToIndex(next);
    } else if (event.key === "Escape") {
      onSelect(undefined);
    }
  };

  return (
    <div ref={scroll} className={classes.trace_scroll} role="grid" aria-label={t("tab.messages")} aria-rowcount={exchanges.length + 1} tabIndex={0} onKeyDown={onKey}>
      <div className={`${classes.trace_row} ${classes.trace_head}`} role="row" aria-rowindex={1}>
        <span role="columnheader">{t("column.time")}</span>
        <span role="columnheader" aria-label={t("column.direction")} />
        <span role="columnheader">{t("column.action")}</span>
        <span role="columnheader" data-part="summary">
          {t("column.content")}
        </span>
        <span role="columnheader">{t("column.answer")}</span>
        <span role="columnheader" style={{ textAlign: "right" }}>
          {t("column.latency")}
        </span>
      </div>
      <div style={{ height: rows.getTotalSize(), position: "relative" }} role="rowgroup">
        {rows.getVirtualItems().map((item) => {
          const exchange = exchanges[item.index] as Exchange;
          const received = exchange.direction === "received";
          const Arrow = received ? IconArrowLeft : IconArrowRight;
          return (
            <div
              key={item.key}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={exchange.key === selected}
              className={`${classes.trace_row} ${classes.trace_line}`}
              data-outcome={exchange.outcome}
              style={{ position: "absolute", top: 0, transform: `translateY(${item.start}px)` }}
              onClick={() => onSelect(exchange.key === selected ? undefined : exchange.key)}
            >
              <span role="gridcell">{format.clockMillis(exchange.at)}</span>
              <span role="gridcell">
                <Tooltip label={received ? t("trace.from_station") : t("trace.to_station")}>
                  <Arrow size={16} className={received ? classes.received : classes.sent} aria-label={received ? t("trace.from_station") : t("trace.to_station")} />
                </Tooltip>
              </span>
              <span role="gridcell" className={classes.action}>
                {exchange.action || t("trace.unreadable")}
              </span>
              <span role="gridcell" className={classes.mono} data-part="summary">
                {summaryOf(payloadOf(exchange.call ?? exchange.answer))}
              </span>
              <span role="gridcell">
                <Outcome exchange={exchange} />
              </span>
              <span role="gridcell" style={{ textAlign: "right" }}>
                {exchange.latency_ms === null ? "–" : `${format.count(exchange.latency_ms)} ms`}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
