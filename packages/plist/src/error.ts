/**
 * Why a property list was refused. Stable: callers and clients may compare them.
 * - `plist.too-large`, `plist.too-deep`, `plist.too-many-nodes`: over a limit of `PlistLimits`
 * - `plist.cyclic`: a container that holds itself
 * - `plist.encoding`: not the text encoding that it claims, or not one that we read
 * - `plist.entity`: a declared or unknown entity, or a DOCTYPE with an internal subset
 * - `plist.duplicate-key`: a dictionary that holds one key twice
 * - `plist.content`: an integer, real, date or base64 text that is none
 * - `plist.syntax`: anything else that makes the bytes no property list
 * - `plist.unsupported`: a value that the format to write cannot hold
 * - `plist.limits`: limits that are themselves out of range
 */
export type PlistErrorCode =
  | "plist.too-large"
  | "plist.too-deep"
  | "plist.too-many-nodes"
  | "plist.cyclic"
  | "plist.encoding"
  | "plist.entity"
  | "plist.duplicate-key"
  | "plist.content"
  | "plist.syntax"
  | "plist.unsupported"
  | "plist.limits";

/** The one error of this package. The message never quotes a value, since values may be secrets. */
export class PlistError extends Error {
  override readonly name = "PlistError";
  readonly code: PlistErrorCode;
  /** Where in the bytes, when the error is about bytes. */
  readonly offset: number | undefined;

  constructor(code: PlistErrorCode, message: string, offset?: number, options?: { readonly cause?: unknown }) {
    super(offset === undefined ? message : `${message} (at byte ${offset})`, options);
    this.code = code;
    this.offset = offset;
  }
}
