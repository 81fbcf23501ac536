// The name with its sign.
import { Group, Text } from "@mantine/core";

export function Logo() {
  return (
    <Group gap={8} wrap="nowrap" component="span">
      <img src="/favicon.svg" alt="" width={26} height={26} />
      <Text component="span" fw={700} size="lg" style={{ letterSpacing: "-0.01em" }}>
        Ladestrom
      </Text>
    </Group>
  );
}
