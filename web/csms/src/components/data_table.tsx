// A table whose columns sort by a click or key press on their heading.
import { Table, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconArrowsSort } from "@tabler/icons-react";
import {
  createSortedRowModel,
  rowSortingFeature,
  sortFn_alphanumeric,
  tableFeatures,
  useTable,
  type ColumnDef,
  type RowData,
} from "@tanstack/react-table";
import classes from "./data_table.module.css";

export const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric },
});
export type Column<T extends RowData> = ColumnDef<typeof features, T>;

export interface DataTableProps<T extends RowData> {
  columns: Column<T>[];
  data: T[];
  min_width: number;
  label: string;
}

const sort_signs = { asc: IconArrowUp, desc: IconArrowDown };

export function DataTable<T extends RowData>({ columns, data, min_width, label }: DataTableProps<T>) {
  const table = useTable({ features, columns, data });
  return (
    <Table.ScrollContainer minWidth={min_width}>
      <Table bg="var(--mantine-color-body)" withTableBorder highlightOnHover aria-label={label}>
        <Table.Thead>
          {table.getHeaderGroups().map((group) => (
            <Table.Tr key={group.id}>
              {group.headers.map((header) => {
                const sorted = header.column.getIsSorted();
                const Sign = sorted === false ? IconArrowsSort : sort_signs[sorted];
                return (
                  <Table.Th
                    key={header.id}
                    aria-sort={sorted === false ? undefined : sorted === "asc" ? "ascending" : "descending"}
                  >
                    {header.column.getCanSort() ? (
                      <UnstyledButton className={classes.sort} data-sorted={sorted !== false} onClick={header.column.getToggleSortingHandler()}>
                        <table.FlexRender header={header} />
                        <Sign size={14} aria-hidden />
                      </UnstyledButton>
                    ) : (
                      <table.FlexRender header={header} />
                    )}
                  </Table.Th>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Thead>
        <Table.Tbody>
          {table.getRowModel().rows.map((row) => (
            <Table.Tr key={row.id}>
              {row.getAllCells().map((cell) => (
                <Table.Td key={cell.id}>
                  <table.FlexRender cell={cell} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
