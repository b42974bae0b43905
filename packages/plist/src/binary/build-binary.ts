import type { BuildOptions } from "../build-options.ts";
import type { PlistValue } from "../value.ts";
import { ByteWriter, sizeFor } from "./byte-writer.ts";
import { collectObjects } from "./collect.ts";
import { writeObject } from "./write-object.ts";

/**
 * Writes a binary property list (`bplist00`). Equal scalars are written once; the same value gives the same bytes.
 * Dates keep milliseconds. Throws `plist.unsupported`, `plist.cyclic`, `plist.too-deep` as `buildXmlPlist` does; control
 * characters are fine here.
 */
export function buildBinaryPlist(value: PlistValue, options: BuildOptions = {}): Uint8Array {
  const objects = collectObjects(value, options);
  const writer = new ByteWriter();
  writer.ascii("bplist00");
  const refSize = sizeFor(objects.length);
  const offsets: number[] = [];
  for (const object of objects) {
    offsets.push(writer.length);
    writeObject(writer, object, refSize);
  }
  const tableOffset = writer.length;
  const offsetSize = sizeFor(tableOffset);
  for (const offset of offsets) writer.unsigned(offset, offsetSize);
  writer.unsigned(0, 6);
  writer.unsigned(offsetSize, 1);
  writer.unsigned(refSize, 1);
  writer.unsigned(objects.length, 8);
  writer.unsigned(0, 8);
  writer.unsigned(tableOffset, 8);
  return writer.finish();
}
