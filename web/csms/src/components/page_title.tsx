// A page's heading with what belongs beside it.
import { Group, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useDocumentTitle } from "../lib/hooks";

export function PageTitle({ title, children }: { title: string; children?: ReactNode }) {
  useDocumentTitle(title);
  return (
    <Group justify="space-between" gap="sm" mb="md">
      <Title order={1}>{title}</Title>
      {children}
    </Group>
  );
}
