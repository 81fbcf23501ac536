// Asks before something that cannot be undone, and shows when it fails.
import { Alert, Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { errorText } from "../lib/error_text";

export interface ConfirmProps {
  title: string;
  action: string;
  children?: ReactNode;
  run(): Promise<unknown>;
  onDone(): void;
  onClose(): void;
}

export function Confirm({ title, action, children, run, onDone, onClose }: ConfirmProps) {
  const { t } = useTranslation();
  const work = useMutation({ mutationFn: run, onSuccess: onDone });
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack>
        {children}
        {work.error && (
          <Alert color="red" role="alert">
            {errorText(t, work.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t("action.cancel")}
          </Button>
          <Button color="red" loading={work.isPending} onClick={() => work.mutate()}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
