// An empty place that says why it is empty and what to do.
import { Stack, Text, ThemeIcon } from "@mantine/core";
import type { ReactNode } from "react";

export function Empty(props: { icon: ReactNode; title: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md">
      <ThemeIcon size={48} radius="xl" variant="light" color="gray" aria-hidden>
        {props.icon}
      </ThemeIcon>
      <Text fw={600} ta="center">
        {props.title}
      </Text>
      {props.children && (
        <Text component="div" size="sm" c="var(--quiet)" ta="center" maw={560}>
          {props.children}
        </Text>
      )}
    </Stack>
  );
}
