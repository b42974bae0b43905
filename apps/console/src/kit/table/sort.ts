export interface Sort {
  readonly field: string;
  readonly descending: boolean;
}

/** Reads `name` or `-name`. */
export const readSort = (text: string | undefined): Sort | null =>
  text === undefined || text === "" || text === "-"
    ? null
    : { field: text.replace(/^-/, ""), descending: text.startsWith("-") };

/** What a click on a column's head makes of the sort: up, down, none. */
export const nextSort = (current: string | undefined, field: string): string | undefined =>
  current === field ? `-${field}` : current === `-${field}` ? undefined : field;
