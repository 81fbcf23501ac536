// Stations that want in: identities that tried to connect and are unknown, and registered ones not accepted yet.
import { Alert, Button, Group, Paper, Table, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api } from "../../api/client";
import { queries } from "../../api/queries";
import type { Station, UnknownStation } from "../../api/types";
import { errorText } from "../../lib/error_text";
import { useMay } from "../../lib/me";
import { useFormat } from "../../lib/use_format";
import { RegisterDialog } from "./register";

function Unknown({ station, onAccept }: { station: UnknownStation; onAccept?: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Table.Tr>
      <Table.Td fw={600}>{station.id}</Table.Td>
      <Table.Td visibleFrom="sm">
        {t("inbox.unknown")}
        <Text size="xs" c="var(--quiet)">
          {t(`refusal.${station.code}`)}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        {station.remote}
        <Text size="xs" c="var(--quiet)">
          {[station.tls ? "TLS" : t("inbox.no_tls"), station.has_credentials ? t("inbox.credentials") : t("inbox.no_credentials"), station.offered.join(", ")]
            .filter((part) => part !== "")
            .join(" · ")}
        </Text>
      </Table.Td>
      <Table.Td>
        {format.ago(station.last_attempt)}
        <Text size="xs" c="var(--quiet)">
          {t("inbox.attempts", { count: station.attempts })}
        </Text>
      </Table.Td>
      <Table.Td ta="right">
        {onAccept && (
          <Button size="xs" onClick={onAccept} aria-label={t("inbox.accept_one", { identity: station.id })}>
            {t("inbox.accept")}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Waiting(props: { station: Station; may: boolean; onAccept(): void; onReject(): void; busy: boolean }) {
  const { station } = props;
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Table.Tr>
      <Table.Td fw={600}>
        <Link href={`/stations/${encodeURIComponent(station.id)}`}>{station.id}</Link>
      </Table.Td>
      <Table.Td visibleFrom="sm">{t(`admission.${station.admission}`)}</Table.Td>
      <Table.Td visibleFrom="sm">
        {station.connection?.remote ?? "–"}
        <Text size="xs" c="var(--quiet)">
          {[station.vendor, station.model].join(" ").trim()}
        </Text>
      </Table.Td>
      <Table.Td>{station.last_seen === null ? t("inbox.never") : format.ago(station.last_seen)}</Table.Td>
      <Table.Td>
        {props.may && (
          <Group gap="xs" justify="flex-end" wrap="nowrap">
            {station.admission === "pending" && (
              <Button size="xs" variant="default" onClick={props.onReject} loading={props.busy}>
                {t("inbox.reject")}
              </Button>
            )}
            <Button size="xs" onClick={props.onAccept} aria-label={t("inbox.accept_one", { identity: station.id })}>
              {t("inbox.accept")}
            </Button>
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

export function Inbox({ stations }: { stations: Station[] }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const may = useMay("operate");
  const unknown = useQuery(queries.unknownStations());
  const [accepting, setAccepting] = useState<UnknownStation | Station>();
  const reject = useMutation({
    mutationFn: (id: string) => api("put", "/stations/{id}", { path: { id }, body: { admission: "rejected" } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["stations"] }),
  });
  const strangers = (unknown.data?.items ?? []).filter((each) => !stations.some((known) => known.id === each.id));
  const waiting = stations.filter((each) => each.admission !== "accepted");
  const dialog = accepting && (
    <RegisterDialog
      identity={accepting.id}
      has_password={"has_password" in accepting && accepting.has_password}
      suggested_profile={"tls" in accepting ? (accepting.tls ? 2 : 1) : accepting.security_profile}
      onClose={() => setAccepting(undefined)}
    />
  );
  const open = strangers.length + waiting.filter((each) => each.admission === "pending").length;
  const list = strangers.length + waiting.length > 0 && (
    <Paper withBorder mb="lg" component="section" aria-labelledby="inbox-title">
      <Group p="sm" gap="xs" align="baseline">
        <Title order={2} id="inbox-title">
          {open > 0 ? t("inbox.title", { count: open }) : t("inbox.title_rejected")}
        </Title>
        <Text size="sm" c="var(--quiet)">
          {t("inbox.hint")}
        </Text>
      </Group>
      {reject.error && (
        <Alert color="red" role="alert">
          {errorText(t, reject.error)}
        </Alert>
      )}
      <Table.ScrollContainer minWidth={300}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("column.identity")}</Table.Th>
              <Table.Th visibleFrom="sm">{t("column.state")}</Table.Th>
              <Table.Th visibleFrom="sm">{t("column.origin")}</Table.Th>
              <Table.Th>{t("column.last_attempt")}</Table.Th>
              <Table.Th ta="right">{t("column.decision")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {strangers.map((each) => (
              <Unknown key={each.id} station={each} onAccept={may ? () => setAccepting(each) : undefined} />
            ))}
            {waiting.map((each) => (
              <Waiting
                key={each.id}
                station={each}
                may={may}
                onAccept={() => setAccepting(each)}
                onReject={() => reject.mutate(each.id)}
                busy={reject.isPending}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
  return (
    <>
      {list}
      {dialog}
    </>
  );
}
