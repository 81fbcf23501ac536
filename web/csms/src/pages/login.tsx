// Login by password, or by the code of a one-time link.
import { Alert, Button, Center, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { api, ApiError } from "../api/client";
import { AppearanceMenu } from "../components/appearance";
import { Logo } from "../components/logo";
import { errorText } from "../lib/error_text";
import { useDocumentTitle } from "../lib/hooks";

type Credentials = { user: string; password: string } | { code: string };

export default function LoginPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [location, navigate] = useLocation();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const code_sent = useRef(false);
  useDocumentTitle(t("login.title"));

  const login = useMutation({
    mutationFn: (body: Credentials) => api("post", "/login", { body }),
    onSuccess: async (me) => {
      await client.cancelQueries({ queryKey: ["me"] }); // one asked before the login would answer 401 after it
      if (location === "/login") {
        navigate("/", { replace: true });
      }
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== "me" }); // another person may see less
      client.setQueryData(["me"], me);
    },
  });
  const { mutate } = login;

  useEffect(() => {
    const code = new URLSearchParams(window.location.search).get("code");
    if (location === "/login" && code && !code_sent.current) {
      code_sent.current = true; // it works once
      window.history.replaceState(null, "", "/login");
      mutate({ code });
    }
  }, [location, mutate]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate({ user, password });
  };
  const wrong = login.error instanceof ApiError && login.error.status === 401;
  const by_code = login.variables !== undefined && "code" in login.variables;
  // The server sends people here whose one-time link it did not take.
  const link_failed = login.isIdle && new URLSearchParams(window.location.search).has("failed");
  const problem = link_failed
    ? t("login.code_used")
    : login.error && (wrong ? (by_code ? t("login.code_used") : t("login.wrong")) : errorText(t, login.error));
  return (
    <Center mih="100vh" p="md" component="main">
      <Stack w={380} maw="100%">
        <Group justify="space-between">
          <Logo />
          <Group gap={4}>
            <AppearanceMenu />
          </Group>
        </Group>
        <Paper withBorder p="lg" component="form" onSubmit={submit}>
          <Stack>
            <Title order={1}>{t("login.title")}</Title>
            {problem && (
              <Alert color="red" role="alert">
                {problem}
              </Alert>
            )}
            <TextInput
              label={t("login.user")}
              autoComplete="username"
              required
              data-autofocus
              value={user}
              onChange={(event) => setUser(event.currentTarget.value)}
            />
            <PasswordInput
              label={t("login.password")}
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              visibilityToggleButtonProps={{ "aria-label": t("login.show_password") }}
            />
            <Button type="submit" loading={login.isPending}>
              {t("login.submit")}
            </Button>
          </Stack>
        </Paper>
        <Text size="sm" c="var(--quiet)">
          {t("login.link_hint")}
        </Text>
      </Stack>
    </Center>
  );
}
