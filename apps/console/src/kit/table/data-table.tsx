import { Link, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useShortcut } from "../keyboard.ts";
import type { Column } from "./column.ts";
import styles from "./data-table.module.css";
import { TableHead } from "./table-head.tsx";
import { TableRow } from "./table-row.tsx";
import { useSteadyRows } from "./use-steady-rows.ts";

const ROW_PX = 36;

interface DataTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  idOf: (row: Row) => string;
  /** Where Enter or a click leads; the first column is the link. */
  linkOf?: (row: Row) => { to: string; search?: Record<string, unknown> };
  sort?: string | undefined;
  onSort?: (sort: string | undefined) => void;
  /** Changes when another question is asked: filters, sort. */
  questionKey?: string;
  total?: number;
  onEnd?: () => void;
  selected?: ReadonlySet<string>;
  onSelect?: (id: string) => void;
  /** The rows scroll inside the table, which fills what is left of the page. */
  fills?: boolean;
  /** Marked as the one that a panel beside the table shows. */
  currentId?: string | undefined;
  empty: ReactNode;
}

/** The one table: virtual rows, sort by its head, j/k/x/Enter, live cells; the order stays put under a pointer. */
export const DataTable = <Row,>(props: DataTableProps<Row>) => {
  const { columns, idOf, linkOf, onEnd, onSelect, fills = false } = props;
  const grid = useRef<HTMLDivElement>(null);
  const tableId = useId();
  const navigate = useNavigate();
  const [pointed, setPointed] = useState(false);
  const [activeId, setActiveId] = useState<string | null>(null);
  const steady = useSteadyRows(props.rows, idOf, pointed, props.questionKey ?? "");
  const rows = steady.rows;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => grid.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    getItemKey: (index) => idOf(rows[index]!),
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && lastShown >= rows.length - 20) onEnd?.();
  }, [lastShown, rows.length, onEnd]);

  const activeIndex = rows.findIndex((row) => idOf(row) === activeId);
  const move = (step: number) => {
    if (rows.length === 0) return;
    const index = activeIndex < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, activeIndex + step));
    setActiveId(idOf(rows[index]!));
    virtual.scrollToIndex(index);
    grid.current?.focus({ preventScroll: true });
  };
  const open = () => {
    const row = rows[activeIndex];
    const link = row === undefined ? undefined : linkOf?.(row);
    if (link !== undefined) void navigate({ to: link.to, search: link.search ?? {} });
  };
  useShortcut("j", "Next row", "Table", () => move(1));
  useShortcut("k", "Previous row", "Table", () => move(-1));
  useShortcut("Enter", "Open the row", "Table", open);
  useShortcut("x", "Select the row", "Table", () => {
    if (activeId !== null) onSelect?.(activeId);
  });

  const template = `${onSelect ? "36px " : ""}${columns.map((c) => `minmax(${c.min}px, ${c.grow ?? 1}fr)`).join(" ")}`;
  const minWidth = columns.reduce((sum, column) => sum + column.min, onSelect ? 36 : 0);
  if (rows.length === 0) return <div className={styles.blank}>{props.empty}</div>;
  return (
    <div className={styles.frame} data-fills={fills || undefined}>
      {steady.moved && (
        <button type="button" className={styles.moved} onClick={() => setPointed(false)}>
          The order has changed. Show it
        </button>
      )}
      <div
        ref={grid}
        role="grid"
        aria-label={props.label}
        aria-rowcount={(props.total ?? rows.length) + 1}
        aria-activedescendant={activeIndex >= 0 ? `${tableId}-${activeId}` : undefined}
        tabIndex={0}
        className={styles.grid}
        onPointerEnter={() => setPointed(true)}
        onPointerLeave={() => setPointed(false)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          move(event.key === "ArrowDown" ? 1 : -1);
        }}
      >
        <TableHead
          columns={columns}
          template={template}
          minWidth={minWidth}
          selects={onSelect !== undefined}
          sort={props.sort}
          onSort={props.onSort}
        />
        <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize(), minWidth }}>
          {items.map((item) => {
            const row = rows[item.index]!;
            const id = idOf(row);
            const link = linkOf?.(row);
            return (
              <TableRow
                key={id}
                id={`${tableId}-${id}`}
                row={row}
                index={item.index}
                top={item.start}
                template={template}
                columns={columns}
                active={id === activeId}
                current={id === props.currentId}
                selected={onSelect === undefined ? null : (props.selected?.has(id) ?? false)}
                onSelect={() => onSelect?.(id)}
                onPoint={() => setActiveId(id)}
                {...(link ? { onOpen: () => void navigate({ to: link.to, search: link.search ?? {} }) } : {})}
                wrapFirst={(content) =>
                  link === undefined ? (
                    content
                  ) : (
                    <Link to={link.to} search={link.search ?? {}} className={styles.link} tabIndex={-1}>
                      {content}
                    </Link>
                  )
                }
              />
            );
          })}
        </div>
      </div>
    </div>
  );
};
