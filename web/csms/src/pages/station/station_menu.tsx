// What a person may change about a station: name, admission, password, least security profile, versions; or remove it.
import { ActionIcon, Alert, Button, Group, Menu, Modal, MultiSelect, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconDotsVertical, IconPencil, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { api } from "../../api/client";
import type { Station } from "../../api/types";
import { Confirm } from "../../components/confirm";
import { errorText } from "../../lib/error_text";
import { useMay } from "../../lib/me";
import { newStationPassword, passwordBytes } from "../../lib/password";
import { inOrder, ocpp_versions } from "../../lib/station_state";
import { monospace_input } from "../../theme";

function EditDialog({ station, onClose }: { station: Station; onClose(): void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState(station.name);
  const [admission, setAdmission] = useState(station.admission);
  const [profile, setProfile] = useState(String(station.security_profile));
  const [versions, setVersions] = useState(station.versions);
  const [password, setPassword] = useState("");
  const save = useMutation({
    mutationFn: () =>
      api("put", "/stations/{id}", {
        path: { id: station.id },
        body: { name, admission, security_profile: Number(profile), versions, ...(password === "" ? {} : { password }) },
      }),
    onSuccess: (changed) => {
      client.setQueryData(["station", station.id], changed);
      void client.invalidateQueries({ queryKey: ["stations"] });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={t("edit.title", { identity: station.id })} closeButtonProps={{ "aria-label": t("action.close") }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput label={t("register.name")} maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
          <Select
            label={t("edit.admission")}
            description={t("edit.admission_hint")}
            data={(["accepted", "pending", "rejected"] as const).map((value) => ({ value, label: t(`admission.${value}`) }))}
            value={admission}
            onChange={(value) => setAdmission(value ?? station.admission)}
            allowDeselect={false}
          />
          <Select
            label={t("register.profile")}
            data={(["0", "1", "2"] as const).map((value) => ({ value, label: t(`profile.${value}`) }))}
            value={profile}
            onChange={(value) => setProfile(value ?? profile)}
            allowDeselect={false}
          />
          <MultiSelect
            label={t("edit.versions")}
            description={t("edit.versions_hint")}
            placeholder={versions.length === 0 ? t("edit.versions_all") : undefined}
            data={ocpp_versions.map((value) => ({ value, label: `OCPP ${value}` }))}
            value={versions}
            onChange={(chosen) => setVersions(inOrder(chosen))}
            clearable
            clearButtonProps={{ "aria-label": t("edit.versions_clear") }}
          />
          <Group align="flex-end" gap="xs" wrap="nowrap">
            <TextInput
              flex={1}
              label={t("edit.new_password")}
              description={t("edit.new_password_hint")}
              autoComplete="off"
              styles={monospace_input}
              maxLength={64}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Button variant="default" onClick={() => setPassword(newStationPassword())}>
              {t("edit.make_password")}
            </Button>
          </Group>
          {save.error && (
            <Alert color="red" role="alert">
              {errorText(t, save.error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={passwordBytes(password) > 64}>
              {t("action.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

export function StationMenu({ station }: { station: Station }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const may = useMay("operate");
  const [, navigate] = useLocation();
  const [open, setOpen] = useState<"edit" | "remove">();
  const close = () => setOpen(undefined);
  if (!may) {
    return null;
  }
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size="lg" aria-label={t("station.menu")}>
            <IconDotsVertical size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setOpen("edit")}>
            {t("edit.open")}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setOpen("remove")}>
            {t("station.remove")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === "edit" && <EditDialog station={station} onClose={close} />}
      {open === "remove" && (
        <Confirm
          title={t("station.remove_title", { identity: station.id })}
          action={t("station.remove")}
          run={() => api("delete", "/stations/{id}", { path: { id: station.id } })}
          onDone={() => {
            void client.invalidateQueries({ queryKey: ["stations"] });
            void client.invalidateQueries({ queryKey: ["summary"] });
            navigate("/");
          }}
          onClose={close}
        >
          <Text size="sm">{t("station.remove_hint")}</Text>
        </Confirm>
      )}
    </>
  );
}
