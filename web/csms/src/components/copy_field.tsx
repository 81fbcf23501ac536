// A text to be typed or pasted elsewhere, with a button that copies it.
import { ActionIcon, Code, CopyButton, Group, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

export function CopyField({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation();
  return (
    <Group gap={6} wrap="nowrap" justify="center">
      <Code aria-label={label} fz="sm" px={8} py={4} style={{ overflowWrap: "anywhere" }}>
        {value}
      </Code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t("copy.done") : t("copy.do")}>
            <ActionIcon variant="default" onClick={copy} aria-label={t("copy.what", { what: label })}>
              {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}
