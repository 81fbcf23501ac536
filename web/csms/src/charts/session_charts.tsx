// The curves of a session: power alone for the station page, all on one time axis for the session page.
import { Stack, Text } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { MeterSeries, Session } from "../api/types";
import { aligned, currentCurves, energyCurve, powerCurves, socCurve, type Curve } from "../lib/curves";
import { endOf, lastReading } from "../lib/session_time";
import { Chart, type ChartSeries } from "./chart";

const colors: Record<Curve["name"], [string, string]> = {
  total: ["#047a70", "#2bb3a3"],
  L1: ["#9a5b13", "#e0a04f"],
  L2: ["#5c6670", "#a3b0ba"],
  L3: ["#7a3fb0", "#b98be6"],
};

function useChart(curves: Curve[], scale: number, total_label: string) {
  const { t } = useTranslation();
  return useMemo(() => {
    const series: ChartSeries[] = curves.map((curve) => ({
      label: (curve.name === "total" ? total_label : curve.name) + (curve.derived ? ` (${t("chart.computed")})` : ""),
      color: colors[curve.name],
      fill: curve.name === "total",
      dashed: curve.name !== "total",
    }));
    return { data: aligned(curves, scale), series };
  }, [curves, scale, total_label, t]);
}

function Waiting() {
  const { t } = useTranslation();
  return (
    <Text size="sm" c="var(--quiet)" py="xl" ta="center">
      {t("chart.no_readings")}
    </Text>
  );
}

export function PowerChart(props: {
  curves: MeterSeries;
  height?: number;
  time_range?: [number, number];
  group?: string;
}) {
  const { t } = useTranslation();
  const { series: readings } = props.curves;
  const curves = useMemo(() => powerCurves(readings), [readings]);
  const { data, series } = useChart(curves, 0.001, t("chart.total"));
  return curves.length === 0 ? (
    <Waiting />
  ) : (
    <Chart
      label={t("chart.power")}
      data={data}
      series={series}
      unit="kW"
      digits={2}
      height={props.height}
      min_range={[0, 0.5]}
      time_range={props.time_range}
      group={props.group}
    />
  );
}

export function SessionCharts({ session, curves, now }: { session: Session; curves: MeterSeries; now: number }) {
  const { t } = useTranslation();
  const all = curves.series;
  const energy = useMemo(() => energyCurve(all, session.meter_start_wh), [all, session.meter_start_wh]);
  const soc = useMemo(() => socCurve(all), [all]);
  const current = useMemo(() => currentCurves(all), [all]);
  const energy_chart = useChart(energy, 0.001, t("chart.energy"));
  const soc_chart = useChart(soc, 1, t("chart.soc"));
  const current_chart = useChart(current, 1, t("chart.current"));
  const end = endOf(session, now, lastReading(all)) ?? now;
  const start_s = Date.parse(session.started) / 1000;
  const least_s = session.state === "running" ? 60 : 1; // a session that has just begun is not stretched over the page
  const end_s = Math.max(end / 1000, start_s + least_s);
  const time_range = useMemo((): [number, number] => [start_s, end_s], [start_s, end_s]);
  if (all.length === 0) {
    return <Waiting />;
  }
  const shared = { time_range, group: `session-${session.id}` };
  return (
    <Stack gap="lg">
      <PowerChart curves={curves} height={190} {...shared} />
      {energy.length > 0 && (
        <Chart label={t("chart.energy")} {...energy_chart} unit="kWh" digits={3} height={150} {...shared} />
      )}
      {soc.length > 0 && (
        <Chart label={t("chart.soc")} {...soc_chart} unit="%" digits={0} height={130} min_range={[0, 100]} {...shared} />
      )}
      {current.length > 0 && (
        <Chart label={t("chart.current")} {...current_chart} unit="A" digits={1} height={150} min_range={[0, 6]} {...shared} />
      )}
    </Stack>
  );
}
