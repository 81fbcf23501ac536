// Lets a station in: name, password, least security profile. Then shows what to type into the station.
import { Alert, Anchor, Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api } from "../../api/client";
import { queries } from "../../api/queries";
import { CopyField } from "../../components/copy_field";
import { stationUrl } from "../../lib/endpoint";
import { errorText } from "../../lib/error_text";
import { newStationPassword, passwordBytes } from "../../lib/password";
import { monospace_input } from "../../theme";

const profiles = ["0", "1", "2"] as const;

export interface RegisterProps {
  identity?: string; // given: it tried to connect, or waits
  has_password?: boolean; // a password is set already and may stay
  suggested_profile?: number;
  onClose(): void;
}

function Done({ identity, password, onClose }: { identity: string; password: string; onClose(): void }) {
  const { t } = useTranslation();
  const version = useQuery(queries.version());
  return (
    <Stack>
      <Text size="sm">{t("register.done_hint")}</Text>
      <div>
        <Text size="sm" c="var(--quiet)">
          {t("register.address")}
        </Text>
        <CopyField value={stationUrl(version.data, window.location, encodeURIComponent(identity))} label={t("register.address")} />
      </div>
      {password !== "" && (
        <div>
          <Text size="sm" c="var(--quiet)">
            {t("register.password_once")}
          </Text>
          <CopyField value={password} label={t("register.password")} />
        </div>
      )}
      <Group justify="space-between">
        <Anchor component={Link} href={`/stations/${encodeURIComponent(identity)}`} size="sm">
          {t("register.open_station")}
        </Anchor>
        <Button onClick={onClose}>{t("action.done")}</Button>
      </Group>
    </Stack>
  );
}

export function RegisterDialog({ identity: given, has_password = false, suggested_profile = 1, onClose }: RegisterProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [identity, setIdentity] = useState(given ?? "");
  const [name, setName] = useState("");
  const [password, setPassword] = useState(() => (has_password ? "" : newStationPassword()));
  const [profile, setProfile] = useState<string>(String(suggested_profile));
  const save = useMutation({
    mutationFn: () =>
      api("put", "/stations/{id}", {
        path: { id: identity },
        body: {
          admission: "accepted",
          security_profile: Number(profile),
          ...(name === "" ? {} : { name }),
          ...(password === "" ? {} : { password }),
        },
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["stations"] });
      void client.invalidateQueries({ queryKey: ["unknown-stations"] });
      void client.invalidateQueries({ queryKey: ["summary"] });
      void client.invalidateQueries({ queryKey: ["station", identity] });
    },
  });
  const bytes = passwordBytes(password);
  const needs_password = profile !== "0" && !has_password;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={given === undefined ? t("register.title") : t("register.title_for", { identity: given })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      {save.isSuccess ? (
        <Done identity={identity} password={password} onClose={onClose} />
      ) : (
        <form onSubmit={submit}>
          <Stack>
            {given === undefined && (
              <TextInput
                label={t("register.identity")}
                description={t("register.identity_hint")}
                required
                maxLength={48}
                pattern="[^/]+"
                data-autofocus
                value={identity}
                onChange={(event) => setIdentity(event.currentTarget.value)}
              />
            )}
            <TextInput
              label={t("register.name")}
              description={t("register.name_hint")}
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Select
              label={t("register.profile")}
              data={profiles.map((value) => ({ value, label: t(`profile.${value}`) }))}
              value={profile}
              onChange={(value) => setProfile(value ?? "1")}
              allowDeselect={false}
            />
            <TextInput
              label={t("register.password")}
              description={has_password ? t("register.password_keep") : t("register.password_hint")}
              required={needs_password}
              maxLength={64}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              autoComplete="off"
              styles={monospace_input}
              error={bytes > 64 ? t("register.password_long") : undefined}
            />
            {password !== "" && (bytes < 16 || bytes > 20) && (
              <Text size="sm" c="var(--quiet)">
                {t("register.password_length", { count: bytes })}
              </Text>
            )}
            {save.error && (
              <Alert color="red" role="alert">
                {errorText(t, save.error)}
              </Alert>
            )}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t("action.cancel")}
              </Button>
              <Button type="submit" loading={save.isPending} disabled={bytes > 64}>
                {t("register.submit")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
