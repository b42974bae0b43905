import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { Column } from "./column.ts";
import styles from "./data-table.module.css";
import { nextSort, readSort } from "./sort.ts";

interface TableHeadProps<Row> {
  columns: readonly Column<Row>[];
  template: string;
  minWidth: number;
  selects: boolean;
  sort: string | undefined;
  onSort: ((sort: string | undefined) => void) | undefined;
}

/** Titles; a click sorts up, down, not at all. */
export const TableHead = <Row,>({ columns, template, minWidth, selects, sort, onSort }: TableHeadProps<Row>) => {
  const current = readSort(sort);
  return (
    <div role="rowgroup" className={styles.head} style={{ minWidth }}>
      <div role="row" aria-rowindex={1} className={styles.headRow} style={{ gridTemplateColumns: template }}>
        {selects && (
          <div role="columnheader" className={styles.headCell}>
            <span className="visually-hidden">Selected</span>
          </div>
        )}
        {columns.map((column) => {
          const field = column.sortBy;
          const sorted = field !== undefined && current?.field === field ? current : null;
          const Arrow = sorted?.descending ? IconArrowDown : IconArrowUp;
          return (
            <div
              key={column.id}
              role="columnheader"
              className={styles.headCell}
              data-align={column.align}
              {...(field === undefined
                ? {}
                : {
                    "aria-sort":
                      sorted === null
                        ? ("none" as const)
                        : sorted.descending
                          ? ("descending" as const)
                          : ("ascending" as const),
                  })}
            >
              {field === undefined || onSort === undefined ? (
                column.title
              ) : (
                <button type="button" className={styles.sort} onClick={() => onSort(nextSort(sort, field))}>
                  {column.title}
                  {sorted !== null && <Arrow size={12} aria-hidden />}
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
};
