/** No part can match in two ways, so the time stays linear in the length. */
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL = /^([+-]?)(?:inf(?:inity)?|(nan))$/i;

/** Reads the text of a `<real>`: decimal, or in any case `nan`, `inf`, `infinity` with a sign (as CoreFoundation does). */
export function parseReal(text: string): number | undefined {
  if (DECIMAL.test(text)) return Number(text);
  const special = text.length <= 9 ? SPECIAL.exec(text) : null;
  if (special === null) return undefined;
  if (special[2] !== undefined) return Number.NaN;
  return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Writes a `<real>` so that the same double is read back; always with a point, an exponent or CoreFoundation's words. */
export function formatReal(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "+infinity" : "-infinity";
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return Number.isInteger(value) && !text.includes("e") ? `${text}.0` : text;
}
