const UNITS = [
  ["year", 31_557_600_000],
  ["month", 2_629_800_000],
  ["week", 604_800_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "short" });

/** `3 min. ago`, `in 2 days`, `just now` within five seconds. `at` and `now` are in ms. */
export const relativeTime = (at: number, now: number): string => {
  const delta = at - now;
  if (Math.abs(delta) < 5000) return "just now";
  const [unit, size] = UNITS.find(([, length]) => Math.abs(delta) >= length) ?? UNITS[UNITS.length - 1]!;
  return relative.format(Math.trunc(delta / size), unit).replace(".", "");
};

/** `22 Nov 2026, 14:03:12.480 CET`: to the millisecond, in the reader's zone (or the one given), which is named. */
export const absoluteTime = (at: number, timeZone?: string): string => {
  const zone = timeZone === undefined ? {} : { timeZone };
  const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", ...zone });
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    timeZoneName: "short",
    ...zone,
  });
  return `${date.format(at)}, ${time.format(at)}`;
};

/** `14:03:12` today, `22 Nov, 14:03` this year, `22 Nov 2025` before: for narrow columns. */
export const shortTime = (at: number, now: number): string => {
  const day = (ms: number) => new Date(ms).toDateString();
  if (day(at) === day(now))
    return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(
    "en-GB",
    sameYear
      ? { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }
      : { day: "numeric", month: "short", year: "numeric" },
  ).format(at);
};
