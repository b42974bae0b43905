/** Identifier octets, constructed bit included where DER demands it. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** `[number]` constructed: an explicit tag, or an implicit one over a SEQUENCE or SET. */
export function contextTag(number: number): number {
  return 0xa0 | number;
}

/** `[number]` primitive: an implicit tag over a string or integer. */
export function contextPrimitiveTag(number: number): number {
  return 0x80 | number;
}
