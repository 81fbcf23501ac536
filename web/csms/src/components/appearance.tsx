// Language and light or dark, in one menu; reachable before and after login.
import { ActionIcon, Menu, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconDeviceDesktop, IconLanguage, IconMoon, IconSun } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { chooseLanguage, languages } from "../i18n";

const schemes = [
  { value: "light", icon: IconSun },
  { value: "dark", icon: IconMoon },
  { value: "auto", icon: IconDeviceDesktop },
] as const;
const own_names = { de: "Deutsch", en: "English" };

export function AppearanceMenu() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const mark = (chosen: boolean) => (chosen ? <IconCheck size={16} aria-label={t("appearance.chosen")} /> : null);
  return (
    <>
      <Menu position="bottom-end" width={180}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("appearance.language")}>
            <IconLanguage size={20} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {languages.map((language) => (
            <Menu.Item
              key={language}
              lang={language}
              onClick={() => void chooseLanguage(language)}
              rightSection={mark(i18n.resolvedLanguage === language)}
            >
              {own_names[language]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-end" width={180}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("appearance.scheme")}>
            {colorScheme === "dark" ? <IconMoon size={20} /> : colorScheme === "light" ? <IconSun size={20} /> : <IconDeviceDesktop size={20} />}
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {schemes.map(({ value, icon: Icon }) => (
            <Menu.Item
              key={value}
              leftSection={<Icon size={16} aria-hidden />}
              onClick={() => setColorScheme(value)}
              rightSection={mark(colorScheme === value)}
            >
              {t(`appearance.${value}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
