// The fleet at a glance: figures, stations waiting to be let in, and a tile per station. What is searched and
// filtered stands in the address.
import { Button, Group, SegmentedControl, SimpleGrid, Skeleton, TextInput } from "@mantine/core";
import { IconLayoutGrid, IconPlus, IconSearch, IconTable, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/queries";
import type { Station } from "../../api/types";
import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { PageTitle } from "../../components/page_title";
import { GroupIcon } from "../../components/status";
import { useNow, useUrlValue } from "../../lib/hooks";
import { useMay } from "../../lib/me";
import { countGroups, matchesSearch, station_groups, stationGroup, type StationGroup } from "../../lib/station_state";
import { FleetFigures } from "./figures";
import { FirstStation } from "./first_station";
import classes from "./fleet.module.css";
import { Inbox } from "./inbox";
import { RegisterDialog } from "./register";
import { StationTable } from "./station_table";
import { StationTile } from "./station_tile";
import { useGrowingList } from "./growing_list";

function StateFilter({ stations, value, onChange }: { stations: Station[]; value: string; onChange(value: string): void }) {
  const { t } = useTranslation();
  const counts = useMemo(() => countGroups(stations), [stations]);
  const option = (group: StationGroup | "", label: string, count: number) => (
    <button
      key={group}
      type="button"
      className={classes.filter}
      aria-pressed={value === group}
      disabled={count === 0 && value !== group && group !== ""}
      onClick={() => onChange(value === group ? "" : group)}
    >
      {group !== "" && <GroupIcon group={group} size={15} />}
      {label} <span className={classes.count}>{count}</span>
    </button>
  );
  return (
    <div className={classes.filters} role="group" aria-label={t("fleet.filter_state")}>
      {option("", t("fleet.all"), stations.length)}
      {station_groups.map((group) => option(group, t(`group.${group}`), counts[group]))}
    </div>
  );
}

function Stations({ stations, table }: { stations: Station[]; table: boolean }) {
  const now = useNow();
  const { shown, sentinel } = useGrowingList(stations);
  return (
    <>
      {table ? (
        <StationTable stations={shown} now={now} />
      ) : (
        <div className={classes.tiles}>
          {shown.map((station) => (
            <StationTile key={station.id} station={station} now={now} />
          ))}
        </div>
      )}
      {sentinel}
    </>
  );
}

export default function FleetPage() {
  const { t } = useTranslation();
  const stations = useQuery(queries.stations());
  const [search, setSearch] = useUrlValue("q");
  const [state, setState] = useUrlValue("state");
  const [view, setView] = useUrlValue("view");
  const [adding, setAdding] = useState(false);
  const may_admit = useMay("operate");
  const sought = useDeferredValue(search);

  const admitted = useMemo(() => stations.data?.filter((each) => each.admission === "accepted") ?? [], [stations.data]);
  const found = useMemo(() => admitted.filter((each) => matchesSearch(each, sought)), [admitted, sought]);
  const shown = useMemo(
    () => (state === "" ? found : found.filter((each) => stationGroup(each) === state)),
    [found, state],
  );
  const clear = () => {
    setSearch("");
    setState("");
  };

  return (
    <>
      <PageTitle title={t("nav.fleet")}>
        {may_admit && (
          <Button size="sm" variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {t("register.open")}
          </Button>
        )}
      </PageTitle>
      <FleetFigures onFaulted={() => setState("faulted")} />
      <Inbox stations={stations.data ?? []} />
      {stations.error && <Failure error={stations.error} retry={() => void stations.refetch()} />}
      {stations.isPending && (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} aria-label={t("state.loading")}>
          {[1, 2, 3].map((each) => (
            <Skeleton key={each} h={150} />
          ))}
        </SimpleGrid>
      )}
      {stations.data && admitted.length === 0 && <FirstStation onRegister={may_admit ? () => setAdding(true) : undefined} />}
      {admitted.length > 0 && (
        <>
          <Group gap="sm" mb="md" align="center">
            <TextInput
              className={classes.search}
              aria-label={t("fleet.search")}
              placeholder={t("fleet.search")}
              leftSection={<IconSearch size={16} aria-hidden />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              type="search"
            />
            <StateFilter stations={found} value={state} onChange={setState} />
            <SegmentedControl
              ml="auto"
              size="xs"
              aria-label={t("fleet.view")}
              value={view === "table" ? "table" : "tiles"}
              onChange={(value) => setView(value === "table" ? "table" : "")}
              data={[
                { value: "tiles", label: <IconLayoutGrid size={16} aria-label={t("fleet.view_tiles")} /> },
                { value: "table", label: <IconTable size={16} aria-label={t("fleet.view_table")} /> },
              ]}
            />
          </Group>
          {shown.length === 0 ? (
            <Empty icon={<IconSearch />} title={t("fleet.none_found")}>
              <Button variant="light" size="xs" mt="xs" leftSection={<IconX size={14} aria-hidden />} onClick={clear}>
                {t("fleet.clear_filters")}
              </Button>
            </Empty>
          ) : (
            <Stations stations={shown} table={view === "table"} />
          )}
        </>
      )}
      {adding && <RegisterDialog onClose={() => setAdding(false)} />}
    </>
  );
}
