import { Checkbox } from "@mantine/core";
import type { MouseEvent, ReactNode } from "react";
import type { Column } from "./column.ts";
import styles from "./data-table.module.css";
import { LiveCell } from "./live-cell.tsx";

interface TableRowProps<Row> {
  id: string;
  row: Row;
  index: number;
  top: number;
  template: string;
  columns: readonly Column<Row>[];
  active: boolean;
  current: boolean;
  /** Null where rows cannot be selected. */
  selected: boolean | null;
  onSelect: () => void;
  onPoint: () => void;
  onOpen?: () => void;
  wrapFirst: (content: ReactNode) => ReactNode;
}

/** One row at its place; a click anywhere but on a control opens it. */
export const TableRow = <Row,>(props: TableRowProps<Row>) => {
  const { row, columns, selected, onOpen } = props;
  const click = (event: MouseEvent<HTMLDivElement>) => {
    props.onPoint();
    if (!(event.target instanceof Element) || event.target.closest("a, button, input, label") !== null) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || (getSelection()?.toString() ?? "") !== "") return;
    onOpen?.();
  };
  return (
    <div
      id={props.id}
      role="row"
      aria-rowindex={props.index + 2}
      {...(selected === null ? {} : { "aria-selected": selected })}
      className={styles.row}
      data-active={props.active || undefined}
      data-current={props.current || undefined}
      data-opens={onOpen !== undefined || undefined}
      style={{ transform: `translateY(${props.top}px)`, gridTemplateColumns: props.template }}
      onClick={click}
    >
      {selected !== null && (
        <div role="gridcell" className={styles.cell}>
          <Checkbox
            size="xs"
            checked={selected}
            onChange={props.onSelect}
            aria-label={`Select ${columns[0]?.text(row) ?? "row"}`}
            tabIndex={-1}
          />
        </div>
      )}
      {columns.map((column, index) => {
        const content = column.cell(row);
        const shown = index === 0 ? props.wrapFirst(content) : content;
        return (
          <div key={column.id} role="gridcell" className={styles.cell} data-align={column.align}>
            {column.live === undefined ? shown : <LiveCell value={column.live(row)}>{shown}</LiveCell>}
          </div>
        );
      })}
    </div>
  );
};
