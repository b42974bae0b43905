const TEMPLATE = "0000-00-00T00:00:00Z";

/** Reads the text of a `<date>`: exactly YYYY-MM-DDTHH:MM:SSZ, and a day that exists. Undefined for anything else. */
export function parseDate(text: string): Date | undefined {
  if (text.length !== TEMPLATE.length) return undefined;
  for (let i = 0; i < TEMPLATE.length; i++) {
    const code = text.charCodeAt(i);
    const wanted = TEMPLATE.charCodeAt(i);
    if (wanted === 0x30 ? code < 0x30 || code > 0x39 : code !== wanted) return undefined;
  }
  const month = Number(text.slice(5, 7)) - 1;
  const day = Number(text.slice(8, 10));
  const hour = Number(text.slice(11, 13));
  const minute = Number(text.slice(14, 16));
  const second = Number(text.slice(17, 19));
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  // Not Date.UTC(year, ...), which takes the years 0 to 99 for 1900 to 1999; Apple's distant past is the year 1.
  const date = new Date(0);
  date.setUTCFullYear(Number(text.slice(0, 4)), month, day);
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute, second);
  return date;
}

/** Writes a `<date>`, cut to whole seconds. Undefined for an invalid date and for years outside 0 .. 9999. */
export function formatDate(date: Date): string | undefined {
  if (Number.isNaN(date.getTime())) return undefined;
  const year = date.getUTCFullYear();
  return year < 0 || year > 9999 ? undefined : `${date.toISOString().slice(0, 19)}Z`;
}
