/** A keyed archiver's reference (0 .. 2^32-1): marker 0x8n in binary, the dictionary `{CF$UID: n}` in XML. */
export class PlistUid {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}
