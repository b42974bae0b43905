import { PlistError, type PlistErrorCode } from "./error.ts";
import { isPlistInteger } from "./integer.ts";
import { MAX_DEPTH } from "./limits.ts";

/** Where a builder stands in the value that it writes: refuses cycles and depth, and names the place in errors. */
export class BuildTrail {
  readonly #containers = new Set<object>();
  readonly #segments: (string | number)[] = [];

  /** Before the members of a container; throws `plist.cyclic` when it is inside itself and `plist.too-deep`. */
  enter(container: object): void {
    if (this.#containers.has(container)) this.fail("plist.cyclic", "a container holds itself");
    if (this.#containers.size >= MAX_DEPTH) {
      this.fail("plist.too-deep", `more than ${MAX_DEPTH} containers inside each other`);
    }
    this.#containers.add(container);
    this.#segments.push("");
  }

  /** Names the member that is written next. */
  step(segment: string | number): void {
    this.#segments[this.#segments.length - 1] = segment;
  }

  leave(container: object): void {
    this.#containers.delete(container);
    this.#segments.pop();
  }

  /** The integer as it may be written; throws `plist.unsupported` for a number that has lost digits, and out of range. */
  checkInteger(value: number | bigint): number | bigint {
    if (typeof value === "number" && !Number.isSafeInteger(value)) {
      this.fail("plist.unsupported", "an integer beyond 2^53-1 given as number: give a bigint, or a PlistReal");
    }
    if (typeof value === "bigint" && !isPlistInteger(value)) {
      this.fail("plist.unsupported", "an integer outside -2^63 .. 2^64-1");
    }
    return value;
  }

  /** The unsigned 32-bit value of a UID; throws `plist.unsupported`. */
  checkUid(value: number): number {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
      this.fail("plist.unsupported", "a UID outside 0 .. 2^32-1");
    }
    return value;
  }

  /** Throws with the path of keys and indices, never with a value. */
  fail(code: PlistErrorCode, message: string): never {
    const path = this.#segments.length > 40 ? [...this.#segments.slice(0, 40), "..."] : this.#segments;
    throw new PlistError(code, path.length === 0 ? message : `${message} (at ${path.join(".")})`);
  }
}
