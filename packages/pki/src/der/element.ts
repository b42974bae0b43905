/** Nesting beyond this is refused everywhere: real certificates and messages stay below 25. */
export const nestingLimit = 64;

/** One tag-length-value within `bytes`: header from `offset`, content from `contentOffset` to `end`. */
export interface DerElement {
  readonly bytes: Uint8Array;
  readonly tag: number;
  readonly offset: number;
  readonly contentOffset: number;
  readonly end: number;
}

/** The whole element, header included (a view). */
export function rawOf(element: DerElement): Uint8Array {
  return element.bytes.subarray(element.offset, element.end);
}

/** The content octets (a view). */
export function contentOf(element: DerElement): Uint8Array {
  return element.bytes.subarray(element.contentOffset, element.end);
}
