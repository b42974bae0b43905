import { downloadText } from "../download-text.ts";
import type { Column } from "./column.ts";

/** One cell: quoted where RFC 4180 asks for it; a leading = + - @ is disarmed, because spreadsheets would run it. */
export const csvCell = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** The rows as CSV with a head, lines ended by CRLF. */
export const csvOf = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string =>
  [
    columns.map((column) => csvCell(column.title)),
    ...rows.map((row) => columns.map((column) => csvCell(column.text(row)))),
  ]
    .map((cells) => `${cells.join(",")}\r\n`)
    .join("");

/** Hands the text to the browser as a file; the mark in front tells Excel that it is UTF-8. */
export const downloadCsv = (name: string, text: string): void => {
  downloadText(name, `\ufeff${text}`, "text/csv;charset=utf-8");
};
