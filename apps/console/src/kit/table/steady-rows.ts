/** Rows as they are shown while the reader points at them: places stay, contents are fresh, newcomers wait. */
export interface SteadyRows<Row> {
  readonly rows: readonly Row[];
  /** Whether the true order differs from what is shown. */
  readonly moved: boolean;
}

/**
 * Keeps the shown order under a pointer. What vanished keeps its last content, so that a click does not hit its neighbour;
 * rows that were only appended (the next page) take their place at the end.
 */
export const steadyRows = <Row>(
  shown: readonly Row[],
  fresh: readonly Row[],
  idOf: (row: Row) => string,
): SteadyRows<Row> => {
  const byId = new Map(fresh.map((row) => [idOf(row), row]));
  const kept = shown.map((row) => byId.get(idOf(row)) ?? row);
  const known = new Set(shown.map(idOf));
  const lastKnown = fresh.findLastIndex((row) => known.has(idOf(row)));
  const appended = fresh.slice(lastKnown + 1);
  const rows = [...kept, ...appended];
  return { rows, moved: rows.length !== fresh.length || rows.some((row, index) => row !== fresh[index]) };
};
