// No station yet: what to type into a real one.
import { Button, Paper, Stack, Text } from "@mantine/core";
import { IconChargingPile, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/queries";
import { CopyField } from "../../components/copy_field";
import { Empty } from "../../components/empty";
import { stationUrl } from "../../lib/endpoint";

export function FirstStation({ onRegister }: { onRegister?: () => void }) {
  const { t } = useTranslation();
  const version = useQuery(queries.version());
  return (
    <Paper withBorder>
      <Empty icon={<IconChargingPile />} title={t("first.title")}>
        <Stack gap="sm" align="center">
          <Text size="sm">{t("first.type_this")}</Text>
          <CopyField value={stationUrl(version.data, window.location, "")} label={t("first.address")} />
          <Text size="sm">{t("first.identity")}</Text>
          {onRegister && (
            <Button variant="light" leftSection={<IconPlus size={16} aria-hidden />} onClick={onRegister}>
              {t("register.open")}
            </Button>
          )}
        </Stack>
      </Empty>
    </Paper>
  );
}
