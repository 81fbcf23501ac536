// Administration: the own account, people, machine keys, who changed what, and what runs here.
import { Tabs } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { PageTitle } from "../../components/page_title";
import { useMay } from "../../lib/me";
import { AboutTab } from "./about_tab";
import { AccountTab } from "./account_tab";
import { AuditTab } from "./audit_tab";
import { KeysTab } from "./keys_tab";
import { UsersTab } from "./users_tab";

export default function AdminPage({ tab }: { tab: string }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const admin = useMay("admin");
  const tabs = ["account", ...(admin ? (["users", "keys", "audit"] as const) : []), "about"] as const;
  const shown = tabs.find((each) => each === tab) ?? "account";
  return (
    <>
      <PageTitle title={t("nav.admin")} />
      <Tabs value={shown} onChange={(value) => navigate(`/admin/${value}`, { replace: true })} keepMounted={false}>
        <Tabs.List mb="md">
          {tabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`admin.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="account">
          <AccountTab />
        </Tabs.Panel>
        <Tabs.Panel value="users">
          <UsersTab />
        </Tabs.Panel>
        <Tabs.Panel value="keys">
          <KeysTab />
        </Tabs.Panel>
        <Tabs.Panel value="audit">
          <AuditTab />
        </Tabs.Panel>
        <Tabs.Panel value="about">
          <AboutTab />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
