// Reads the next page of a list.
import { Button, Center } from "@mantine/core";
import { useTranslation } from "react-i18next";

export function MoreButton(props: { query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): unknown } }) {
  const { t } = useTranslation();
  const { query } = props;
  return query.hasNextPage ? (
    <Center mt="sm">
      <Button variant="default" size="sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {t("action.more")}
      </Button>
    </Center>
  ) : null;
}
