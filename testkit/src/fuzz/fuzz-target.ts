import type { Mutate } from "./mutate-bytes.ts";

/** A reader of bytes that nobody has vouched for. */
export interface FuzzTarget {
  /** Its folder in fixtures/fuzz. */
  readonly name: string;
  /** Messages that it accepts, and vectors of other tests. */
  readonly seeds: readonly Uint8Array[];
  readonly mutations: readonly Mutate[];
  /** Reads, and checks what it has read where there is something to check. */
  readonly open: (bytes: Uint8Array) => unknown;
  /** Whether an error is the declared word for bytes that are refused; any other is a fault. */
  readonly isRefusal: (error: unknown) => boolean;
  /** Addresses of the files whose blocks are counted. */
  readonly watches: RegExp;
  /** Blocks of code that may run for each octet, and for the first one. */
  readonly stepsPerByte?: number;
  readonly stepsAtLeast?: number;
  /** Values and octets that what was read may hold, beside 40 for each octet. Default 4096. */
  readonly sizeAtLeast?: number;
}

/** What became of one input: `fault` where something is wrong. */
export type Outcome =
  | { readonly is: "read" | "refused" }
  | { readonly is: "fault"; readonly kind: string; readonly error: unknown };

/** One input, judged by the target's own words and by the size of what comes of it. */
export async function judge(target: FuzzTarget, bytes: Uint8Array): Promise<Outcome> {
  try {
    const read: unknown = await target.open(bytes);
    const most = (target.sizeAtLeast ?? 4096) + 40 * bytes.length;
    const size = sizeOf(read, most);
    if (size <= most) return { is: "read" };
    return { is: "fault", kind: "size", error: new Error(`more than ${most} values came of ${bytes.length} bytes`) };
  } catch (error) {
    if (target.isRefusal(error)) return { is: "refused" };
    const kind =
      error instanceof Error ? `${error.name} ${error.message.replace(/\d+/g, "0").slice(0, 40)}` : "no error";
    return { is: "fault", kind, error };
  }
}

/** Values and octets in what was read, counted no further than a bound. */
function sizeOf(value: unknown, most: number): number {
  let size = 0;
  const seen = new Set<object>();
  const open: unknown[] = [value];
  while (open.length > 0 && size <= most) {
    const next = open.pop();
    size += 1;
    if (typeof next === "string") size += next.length;
    else if (ArrayBuffer.isView(next)) size += next.byteLength;
    else if (typeof next === "object" && next !== null && !seen.has(next)) {
      seen.add(next);
      for (const part of next instanceof Map ? [...next.keys(), ...next.values()] : Object.values(next))
        open.push(part);
    }
  }
  return size;
}
