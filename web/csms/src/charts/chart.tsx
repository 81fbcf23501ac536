// A time chart on uPlot: follows its width and the colour scheme, shares its cursor with charts of one group, and
// says its newest values beside the names. The figures are also told to screen readers.
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useFormat } from "../lib/use_format";
import classes from "./chart.module.css";

export interface ChartSeries {
  label: string;
  color: [light: string, dark: string];
  fill?: boolean;
  dashed?: boolean;
  step?: boolean;
}

export interface ChartProps {
  label: string;
  data: (number | null)[][]; // times in seconds, then one row per series
  series: ChartSeries[];
  unit: string;
  digits: number;
  height?: number;
  min_range?: [number, number]; // the value axis shows at least this
  time_range?: [number, number]; // seconds; else what the data spans
  group?: string; // charts of one group share their cursor
}

function axisClock(locale: string): (self: uPlot, splits: number[]) => string[] {
  const hours = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hour12: false });
  const seconds = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  return (_, splits) => {
    const fine = (splits[1] ?? 0) - (splits[0] ?? 0) < 60;
    return splits.map((time) => (fine ? seconds : hours).format(new Date(time * 1000)));
  };
}

export function Chart(props: ChartProps) {
  const { label, data, series, unit, digits, height = 220, min_range, time_range, group } = props;
  const format = useFormat();
  const dark = useComputedColorScheme("light") === "dark";
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [cursor, setCursor] = useState<number | null>(null);
  const newest = useRef({ data, time_range });
  newest.current = { data, time_range };
  // The plot is made anew only when its make-up changes; readings go in by setData.
  const makeup = JSON.stringify([series, unit, height, min_range, group, dark, format.locale]);

  useEffect(() => {
    const box = place.current;
    if (box === null) {
      return undefined;
    }
    const ink = dark ? "#9aa7b0" : "#5b6770";
    const line = dark ? "#2c3338" : "#e6eaec";
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 }, font: "12px system-ui, sans-serif" };
    const stepped = uPlot.paths.stepped?.({ align: 1 });
    const made = new uPlot(
      {
        width: box.clientWidth,
        height,
        legend: { show: false },
        padding: [10, 10, 0, 0],
        cursor: { y: false, drag: { x: true, y: false }, points: { size: 6 }, ...(group ? { sync: { key: group } } : {}) },
        scales: {
          x: { time: true, range: (_self, low, high) => newest.current.time_range ?? [low ?? 0, high ?? 1] },
          y: {
            range: (_self, low, high) => {
              const top = Math.max(high ?? 0, min_range?.[1] ?? 0);
              const bottom = Math.min(low ?? 0, min_range?.[0] ?? low ?? 0);
              return [bottom, top === bottom ? bottom + 1 : top + (top - bottom) * 0.06];
            },
          },
        },
        axes: [
          { ...axis, size: 32, values: axisClock(format.locale), space: 80 },
          {
            ...axis,
            size: 52,
            values: (_self, splits) =>
              splits.map((value) => new Intl.NumberFormat(format.locale, { maximumFractionDigits: 2 }).format(value)),
          },
        ],
        series: [
          {},
          ...series.map((each) => {
            const color = each.color[dark ? 1 : 0];
            return {
              label: each.label,
              stroke: color,
              width: each.fill ? 2 : 1.5,
              spanGaps: true,
              dash: each.dashed ? [5, 4] : undefined,
              fill: each.fill ? `${color}22` : undefined,
              paths: each.step ? stepped : undefined,
              points: { show: newest.current.data[0]?.length === 1 },
            };
          }),
        ],
        hooks: { setCursor: [(self) => setCursor(self.cursor.idx ?? null)] },
      },
      newest.current.data as uPlot.AlignedData,
      box,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }));
    observer.observe(box);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [makeup]);

  useEffect(() => {
    plot.current?.setData(data as uPlot.AlignedData);
  }, [data, time_range]);

  const last = useMemo(() => data.map((row) => row.findLastIndex((value) => value !== null)), [data]);
  const times = data[0] ?? [];
  const time = cursor === null ? undefined : times[cursor];
  return (
    <figure className={classes.figure} aria-label={label}>
      <figcaption className={classes.caption}>
        <span className={classes.name}>{label}</span>
        <span className={classes.legend}>
          {series.map((each, index) => {
            const row = data[index + 1] ?? [];
            const value = cursor === null ? row[last[index + 1] ?? -1] : row[cursor];
            return (
              <span key={each.label} className={classes.item}>
                <span
                  className={classes.swatch}
                  data-dashed={each.dashed}
                  style={{ borderColor: each.color[dark ? 1 : 0] }}
                  aria-hidden
                />
                {each.label} <b>{format.value(value, digits, unit)}</b>
              </span>
            );
          })}
          {time !== undefined && time !== null && <span className={classes.time}>{format.dateTime(time * 1000)}</span>}
        </span>
      </figcaption>
      <div ref={place} style={{ height }} aria-hidden />
    </figure>
  );
}
