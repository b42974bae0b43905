/**
 * JSON with one spelling per value (after RFC 8785): members sorted by UTF-16 code units, no spaces, so that a hash over it
 * means the same on both sides. Undefined members are left out.
 * @throws TypeError for what JSON cannot carry (functions, NaN, infinities, cycles by exhausted depth)
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > 64) throw new TypeError("nested beyond 64 levels");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError("not a finite number");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null, depth + 1)).join(",")}]`;
  if (typeof value !== "object") throw new TypeError(`cannot write ${typeof value} as JSON`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member, depth + 1)}`).join(",")}}`;
}
