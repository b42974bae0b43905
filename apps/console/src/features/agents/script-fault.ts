/** The largest script that an order takes, in UTF-8 bytes; the agent protocol says so. */
const MAX_SCRIPT_BYTES = 1_048_576;

/** What keeps a script from being sent, in words, or null. */
export const scriptFault = (script: string): string | null => {
  if (script.replace(/^#!.*$/m, "").trim() === "") return "There is nothing to run yet.";
  const bytes = new TextEncoder().encode(script).length;
  if (bytes > MAX_SCRIPT_BYTES)
    return `The script has ${bytes.toLocaleString("en")} bytes; ${MAX_SCRIPT_BYTES.toLocaleString("en")} are the most.`;
  return null;
};
