import { Button, Checkbox, Popover, Stack } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { type Column, columnsParam } from "./column.ts";

interface ColumnMenuProps<Row> {
  columns: readonly Column<Row>[];
  shown: readonly Column<Row>[];
  onChange: (param: string | undefined) => void;
}

/** Which columns are shown; the first stays. */
export const ColumnMenu = <Row,>({ columns, shown, onChange }: ColumnMenuProps<Row>) => {
  const ids = shown.map((column) => column.id);
  return (
    <Popover position="bottom-end" shadow="md">
      <Popover.Target>
        <Button leftSection={<IconColumns3 size={14} aria-hidden />}>Columns</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={8}>
          {columns.map((column, index) => (
            <Checkbox
              key={column.id}
              size="xs"
              label={column.title}
              checked={ids.includes(column.id)}
              disabled={index === 0}
              onChange={(event) =>
                onChange(
                  columnsParam(
                    columns,
                    event.currentTarget.checked ? [...ids, column.id] : ids.filter((id) => id !== column.id),
                  ),
                )
              }
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
};
