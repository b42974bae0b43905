/** A text from a tool, trimmed and cut to what the protocol takes; undefined when nothing is left. */
export function clipText(text: unknown, units: number): string | undefined {
  if (typeof text !== "string") return undefined;
  const trimmed = text.trim();
  return trimmed === "" ? undefined : trimmed.slice(0, units);
}

/** The value of a line `name<separator>value`, first match. */
export function valueAfter(output: string, name: string, separator = ":"): string | undefined {
  for (const line of output.split("\n")) {
    const at = line.indexOf(separator);
    if (at > 0 && line.slice(0, at).trim() === name) return line.slice(at + separator.length).trim();
  }
  return undefined;
}
