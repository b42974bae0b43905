/** 2001-01-01T00:00:00Z in milliseconds since 1970: what binary dates count from, in seconds. */
const REFERENCE = 978_307_200_000;

/** The date for a binary property list's seconds, to the millisecond. Undefined for what no `Date` can hold. */
export function readDate(seconds: number): Date | undefined {
  const date = new Date(Math.round(seconds * 1000) + REFERENCE);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The seconds for a date; NaN for an invalid one. */
export function secondsOf(date: Date): number {
  return (date.getTime() - REFERENCE) / 1000;
}
