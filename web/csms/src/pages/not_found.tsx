// An address that leads nowhere.
import { Button, Center } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Empty } from "../components/empty";

export default function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Center mih="50vh">
      <Empty icon={<IconMapOff />} title={t("not_found.title")}>
        <Button component={Link} href="/" variant="light" mt="sm">
          {t("not_found.back")}
        </Button>
      </Empty>
    </Center>
  );
}
