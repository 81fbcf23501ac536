// The strip of figures above the fleet.
import { Anchor, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { queries } from "../../api/queries";
import { Figure, Figures } from "../../components/figure";
import { useFormat } from "../../lib/use_format";

export function FleetFigures({ onFaulted }: { onFaulted(): void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useQuery(queries.summary());
  if (!data) {
    return <Skeleton h={96} mb="lg" aria-label={t("state.loading")} />;
  }
  const share = data.stations === 0 ? null : (100 * data.connected) / data.stations;
  return (
    <Figures label={t("figures.label")}>
      <Figure
        label={t("figures.online")}
        value={`${format.count(data.connected)} / ${format.count(data.stations)}`}
        note={share === null ? t("figures.no_stations") : format.percent(share)}
      />
      <Figure
        label={t("figures.charging")}
        value={format.count(data.charging)}
        note={t("figures.running_sessions", { count: data.running_sessions })}
      />
      <Figure label={t("figures.power")} value={format.power(data.power_w)} note={t("figures.power_note")} />
      <Figure
        label={t("figures.faulted")}
        value={format.count(data.faulted)}
        tone={data.faulted > 0 ? "alert" : "plain"}
        note={
          data.faulted > 0 ? (
            <Anchor component="button" type="button" size="sm" onClick={onFaulted}>
              {t("figures.show_faulted")}
            </Anchor>
          ) : (
            t("figures.no_faults")
          )
        }
      />
      <Figure
        label={t("figures.energy_today")}
        value={format.energy(data.energy_today_wh)}
        note={
          data.flagged_sessions > 0 ? (
            <Anchor component={Link} href="/sessions?flagged=1" size="sm">
              {t("figures.flagged", { count: data.flagged_sessions })}
            </Anchor>
          ) : (
            t("figures.sessions_today", { count: data.sessions_today })
          )
        }
      />
    </Figures>
  );
}
