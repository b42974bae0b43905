import { berToDer } from "./ber-to-der.ts";
import { nestingLimit } from "./element.ts";
import { DerReader } from "./reader.ts";

export interface ReadDerOptions {
  /** Default 64. */
  readonly maxDepth?: number;
  /** Accept BER (indefinite lengths, constructed OCTET STRINGs, long lengths), converted to DER first. */
  readonly ber?: boolean;
}

/** Opens untrusted bytes after a walk over all of them, so that depth and lengths are known to be sound. Throws PkiError `der.*`. */
export function readDer(bytes: Uint8Array, options: ReadDerOptions = {}): DerReader {
  const maxDepth = options.maxDepth ?? nestingLimit;
  const der = options.ber === true ? berToDer(bytes, maxDepth) : bytes;
  checkNesting(new DerReader(der, 0, der.length, 0, maxDepth));
  return new DerReader(der, 0, der.length, 0, maxDepth);
}

// Recursion is bounded: the reader refuses to be made below its depth limit.
function checkNesting(reader: DerReader): void {
  while (!reader.isDone) {
    const tag = reader.peekTag();
    if ((tag & 0x20) === 0) reader.read();
    else checkNesting(reader.enter(tag));
  }
}
