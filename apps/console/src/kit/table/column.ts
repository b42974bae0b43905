import type { ReactNode } from "react";

/** A column: how it shows a row, and the same as plain text for exports. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Least width in px; what is left over is shared by `grow`. */
  readonly min: number;
  readonly grow?: number;
  readonly cell: (row: Row) => ReactNode;
  readonly text: (row: Row) => string;
  /** The field to sort by, where the server can. */
  readonly sortBy?: string;
  /** Numbers stand to the right. */
  readonly align?: "right";
  /** Not shown unless chosen. */
  readonly optional?: true;
  /** A change of this value while the row is shown is tinted for a moment. */
  readonly live?: (row: Row) => string | number | boolean | null;
}

/** The columns chosen in the URL (`name,model`), or those that are not optional; unknown names are passed over. */
export const chosenColumns = <Row>(
  columns: readonly Column<Row>[],
  chosen: string | undefined,
): readonly Column<Row>[] => {
  const wanted = (chosen ?? "").split(",").filter((id) => columns.some((column) => column.id === id));
  if (wanted.length === 0) return columns.filter((column) => column.optional !== true);
  return columns.filter((column) => wanted.includes(column.id));
};

/** The URL's text for these columns; undefined when they are what is shown by itself. */
export const columnsParam = <Row>(columns: readonly Column<Row>[], shown: readonly string[]): string | undefined => {
  const standard = columns.filter((column) => column.optional !== true).map((column) => column.id);
  const same = standard.length === shown.length && standard.every((id) => shown.includes(id));
  return same || shown.length === 0
    ? undefined
    : columns
        .filter((c) => shown.includes(c.id))
        .map((c) => c.id)
        .join(",");
};
