// The frame of every page: navigation, language, colours, who is logged in, and a banner when live updates stop.
import { ActionIcon, Alert, AppShell, Burger, Button, Drawer, Group, Menu, NavLink, Stack, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconLogout, IconPlugConnectedX, IconSettings, IconUserCircle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { api } from "../api/client";
import { useMe } from "../lib/me";
import { useStore } from "../lib/store";
import { streamState } from "../live/live";
import { AppearanceMenu } from "./appearance";
import { Logo } from "./logo";
import classes from "./shell.module.css";

const sections = [
  { href: "/", key: "fleet", match: /^\/($|stations)/ },
  { href: "/sessions", key: "sessions", match: /^\/sessions/ },
  { href: "/tokens", key: "tokens", match: /^\/tokens/ },
  { href: "/admin", key: "admin", match: /^\/admin/ },
] as const;

const quiet_ms = 1_500; // a short interruption is no news

function ConnectionBanner() {
  const { t } = useTranslation();
  const lost = useStore(streamState) === "lost";
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!lost) {
      setShown(false);
      return undefined;
    }
    const timer = setTimeout(() => setShown(true), quiet_ms);
    return () => clearTimeout(timer);
  }, [lost]);
  return shown ? (
    <Alert color="orange" radius={0} icon={<IconPlugConnectedX aria-hidden />} role="status" py="xs">
      <Text size="sm">{t("live.lost")}</Text>
    </Alert>
  ) : null;
}

function PasswordBanner() {
  const { t } = useTranslation();
  const me = useMe();
  const [location] = useLocation();
  if (!me.must_set_password || location.startsWith("/admin")) {
    return null;
  }
  return (
    <Alert color="brand" radius={0} py="xs" role="status">
      <Group gap="sm">
        <Text size="sm">{t("account.must_set")}</Text>
        <Button component={Link} href="/admin/account" size="compact-sm">
          {t("account.set_password")}
        </Button>
      </Group>
    </Alert>
  );
}

function LiveSign() {
  const { t } = useTranslation();
  const state = useStore(streamState);
  return (
    <Tooltip label={t(`live.${state}_hint`)}>
      <span className={classes.live} data-state={state} role="status" tabIndex={0}>
        <span className={classes.pulse} aria-hidden />
        {t(`live.${state}_sign`)}
      </span>
    </Tooltip>
  );
}

function UserMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const client = useQueryClient();
  const logout = async () => {
    await api("post", "/logout").catch(() => undefined); // a login that has ended already is as good
    client.clear();
    window.location.assign("/");
  };
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("account.menu", { name: me.name })}>
          <IconUserCircle size={22} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.name} · {t(`scope.${me.scope}`)}
        </Menu.Label>
        <Menu.Item component={Link} href="/admin/account" leftSection={<IconSettings size={16} aria-hidden />}>
          {t("account.title")}
        </Menu.Item>
        <Menu.Item onClick={() => void logout()} leftSection={<IconLogout size={16} aria-hidden />}>
          {t("account.logout")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [location] = useLocation();
  const [opened, { toggle, close }] = useDisclosure(false);
  useEffect(close, [location, close]);
  return (
    <AppShell header={{ height: 56 }} padding={0}>
      <a href="#main" className="skip">
        {t("nav.skip")}
      </a>
      <AppShell.Header className={classes.header}>
        <Group h="100%" px="md" gap="md" wrap="nowrap">
          <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t("nav.menu")} />
          <UnstyledButton component={Link} href="/" className={classes.brand} aria-label={t("nav.home")}>
            <Logo />
          </UnstyledButton>
          <Group component="nav" aria-label={t("nav.main")} gap={4} visibleFrom="sm" wrap="nowrap">
            {sections.map(({ href, key, match }) => (
              <Link key={key} href={href} className={classes.link} aria-current={match.test(location) ? "page" : undefined}>
                {t(`nav.${key}`)}
              </Link>
            ))}
          </Group>
          <Group gap={4} ml="auto" wrap="nowrap">
            <LiveSign />
            <AppearanceMenu />
            <UserMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <Drawer opened={opened} onClose={close} size="xs" title={<Logo />} closeButtonProps={{ "aria-label": t("action.close") }}>
        <Stack component="nav" gap={0} aria-label={t("nav.main")}>
          {sections.map(({ href, key, match }) => (
            <NavLink key={key} component={Link} href={href} label={t(`nav.${key}`)} active={match.test(location)} />
          ))}
        </Stack>
      </Drawer>
      <AppShell.Main id="main" tabIndex={-1}>
        <ConnectionBanner />
        <PasswordBanner />
        <div className={classes.page}>{children}</div>
      </AppShell.Main>
    </AppShell>
  );
}
