import { createHash, hkdfSync, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type DiskStep, refuseOpenFile, writeDurably } from "./durable-file.ts";

/** What wraps the data keys. The id tells two apart and says nothing of the key. */
export interface MasterKey {
  readonly id: string;
  readonly key: Buffer;
}

/** The one to wrap with, and those that data keys may still be wrapped by. */
export interface MasterKeys {
  readonly target: MasterKey;
  readonly others: readonly MasterKey[];
}

export const MASTER_FILE = "master.key";
/** A master key on its way in; whoever finds it goes on where the change was cut off. */
export const NEXT_MASTER_FILE = "master.key.next";

/** 32 bytes in base64 or hex. They go through HKDF, so that either spelling of the same bytes is the same key. */
export function decodeMaster(text: string): MasterKey {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, "hex") : Buffer.from(text, "base64");
  if (bytes.length < 32) throw new Error("The master key has to be 32 bytes, in base64 or hex.");
  return masterOf(bytes);
}

export function masterOf(bytes: Uint8Array): MasterKey {
  const key = Buffer.from(hkdfSync("sha256", bytes, new Uint8Array(), "pomona master key", 32));
  return { id: createHash("sha256").update("pomona master key id").update(key).digest("hex").slice(0, 16), key };
}

export const newMasterText = (): string => `${randomBytes(32).toString("base64")}\n`;

/**
 * The master key as a file; made when there is nothing yet that an older one would have to open.
 * @throws Error when it is missing, or readable by others
 */
export function mastersFromFiles(
  dir: string,
  { mustExist, step }: { readonly mustExist: boolean; readonly step?: DiskStep },
): MasterKeys {
  const file = path.join(dir, MASTER_FILE);
  const next = path.join(dir, NEXT_MASTER_FILE);
  if (!existsSync(file) && !existsSync(next)) {
    if (mustExist) throw new Error(`The master key ${file} is missing, and there are secrets that only it opens.`);
    writeDurably(file, newMasterText(), step);
  }
  const [target, ...others] = [next, file].filter(existsSync).map((each) => {
    refuseOpenFile(each);
    return decodeMaster(readFileSync(each, "utf8").trim());
  });
  return { target: target!, others };
}
