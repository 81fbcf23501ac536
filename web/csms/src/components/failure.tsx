// A failure where data should be: a sentence and a way on.
import { Alert, Button, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { errorText } from "../lib/error_text";

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={t("failure.title")} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{errorText(t, error)}</Text>
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {t("failure.retry")}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
