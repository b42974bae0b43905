import { PlistError } from "./error.ts";

/** How much a document may ask of us before it is refused. */
export interface PlistLimits {
  /** Bytes of the document; also the total payload a binary document may unfold to, where references share objects. */
  readonly maxBytes: number;
  /** Containers inside each other, the outermost counted; at most `MAX_DEPTH`. */
  readonly maxDepth: number;
  /** Values, containers included, keys not; shared objects count each time that they are referred to. */
  readonly maxNodes: number;
  /** UTF-16 units of one string or key. */
  readonly maxStringLength?: number;
}

/** No limit goes deeper: parsing recurses, and must never exhaust the stack. Also the depth that building allows. */
export const MAX_DEPTH = 512;

/** Ample for what a Mac sends: real MDM messages nest fewer than ten levels. */
export const DEFAULT_LIMITS: PlistLimits = { maxBytes: 8 * 1024 * 1024, maxDepth: 16, maxNodes: 65_536 };

/** Fills in what is not given. Throws `plist.limits` for limits that are not whole numbers in range. */
export function resolveLimits(given: Partial<PlistLimits> = {}): Required<PlistLimits> {
  const limits = {
    maxBytes: given.maxBytes ?? DEFAULT_LIMITS.maxBytes,
    maxDepth: given.maxDepth ?? DEFAULT_LIMITS.maxDepth,
    maxNodes: given.maxNodes ?? DEFAULT_LIMITS.maxNodes,
    maxStringLength: given.maxStringLength ?? Number.MAX_SAFE_INTEGER,
  };
  checkLimit("maxBytes", limits.maxBytes);
  checkLimit("maxDepth", limits.maxDepth);
  checkLimit("maxNodes", limits.maxNodes);
  checkLimit("maxStringLength", limits.maxStringLength);
  if (limits.maxDepth > MAX_DEPTH) throw new PlistError("plist.limits", `maxDepth can be at most ${MAX_DEPTH}`);
  return limits;
}

function checkLimit(name: keyof PlistLimits, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new PlistError("plist.limits", `${name} must be a whole number`);
}

/** Throws `plist.too-large` when the document has more than `maxBytes`. */
export function checkSize(bytes: Uint8Array, limits: PlistLimits): void {
  if (bytes.length > limits.maxBytes) {
    throw new PlistError("plist.too-large", `the property list has more than ${limits.maxBytes} bytes`);
  }
}
