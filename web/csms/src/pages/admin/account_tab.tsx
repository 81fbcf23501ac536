// The own password.
import { Alert, Button, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { errorText } from "../../lib/error_text";
import { useMe } from "../../lib/me";

const least_length = 10;

export function AccountTab() {
  const { t } = useTranslation();
  const me = useMe();
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const save = useMutation({
    mutationFn: () =>
      api("put", "/me/password", { body: { password, ...(current === "" ? {} : { current_password: current }) } }),
    onSuccess: () => {
      setCurrent("");
      setPassword("");
      setAgain("");
      void client.invalidateQueries({ queryKey: ["me"] });
    },
  });
  if (me.kind !== "user") {
    return <Text size="sm">{t("account.people_only")}</Text>;
  }
  const short = password !== "" && password.length < least_length;
  const differs = again !== "" && again !== password;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const show = { "aria-label": t("login.show_password") };
  return (
    <Paper withBorder p="lg" maw={460} component="form" onSubmit={submit}>
      <Stack>
        <div>
          <Title order={2}>{t("account.set_password")}</Title>
          <Text size="sm" c="var(--quiet)">
            {t("account.logged_in_as", { name: me.name, scope: t(`scope.${me.scope}`) })}
          </Text>
        </div>
        <input type="text" autoComplete="username" value={me.name} readOnly hidden />
        {!me.must_set_password && (
          <PasswordInput
            label={t("account.current")}
            description={t("account.current_hint")}
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
            visibilityToggleButtonProps={show}
          />
        )}
        <PasswordInput
          label={t("account.new")}
          description={t("account.length", { count: least_length })}
          autoComplete="new-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={short ? t("account.length", { count: least_length }) : undefined}
          visibilityToggleButtonProps={show}
        />
        <PasswordInput
          label={t("account.again")}
          autoComplete="new-password"
          required
          value={again}
          onChange={(event) => setAgain(event.currentTarget.value)}
          error={differs ? t("account.differs") : undefined}
          visibilityToggleButtonProps={show}
        />
        {save.error && (
          <Alert color="red" role="alert">
            {errorText(t, save.error)}
          </Alert>
        )}
        {save.isSuccess && (
          <Alert color="green" role="status">
            {t("account.done")}
          </Alert>
        )}
        <Button type="submit" loading={save.isPending} disabled={password.length < least_length || again !== password}>
          {t("account.set_password")}
        </Button>
      </Stack>
    </Paper>
  );
}
