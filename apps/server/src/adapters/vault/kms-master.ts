import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { KeyOps } from "../../kernel/secret.ts";
import { type DiskStep, moveDurably, refuseOpenFile, writeDurably } from "./durable-file.ts";
import { wrapForKms } from "./kms-seal.ts";
import { decodeMaster, MASTER_FILE, type MasterKey, type MasterKeys, masterOf } from "./master-key.ts";

const FILE = "master.kms.json";
const NEXT_FILE = `${FILE}.next`;

/** The master key at rest, encrypted to a key of the KMS. */
interface KmsMaster {
  readonly keyId: string;
  readonly wrapped: string;
}

export interface KmsMasterOptions {
  readonly dir: string;
  /** The key of the KMS that opens the master key. */
  readonly keyId: string;
  readonly kms: KeyOps;
  /** Make another master key, which takes the place of the one that is there. */
  readonly isRotation?: boolean;
  readonly isReadOnly?: boolean;
  readonly step?: DiskStep;
}

/**
 * The master key that only the KMS opens; one call at the start of the server, none later. It is made here, encrypted to the KMS's
 * public key and opened by it once before anything depends on it. The change from a key file, or to another key of the KMS, goes
 * the same way as a rotation: the new one is on disk first, and the old one goes last.
 * @returns also what ends the change, to be called when all data keys are wrapped anew
 * @throws PomonaError `kms.*`
 */
export async function mastersFromKms(
  options: KmsMasterOptions,
): Promise<{ readonly masters: MasterKeys; readonly settle: () => void }> {
  const { dir, keyId, isReadOnly = false, isRotation = false, step } = options;
  const [file, next] = [path.join(dir, FILE), path.join(dir, NEXT_FILE)];
  const current = await openFile(options, file);
  let target = await openFile(options, next);
  if (target === undefined && (isRotation || current?.keyId !== keyId)) {
    if (isReadOnly)
      throw new Error(`${file} is not there, or of another key. Start the server with these settings first.`);
    target = await make(options, current === undefined ? file : next);
  }
  const key = target ?? current!;
  const inFile = path.join(dir, MASTER_FILE);
  refuseOpenFile(inFile);
  const older: readonly MasterKey[] = [
    ...(target === undefined || current === undefined ? [] : [current.master]),
    ...(existsSync(inFile) ? [decodeMaster(readFileSync(inFile, "utf8").trim())] : []),
  ];
  return {
    masters: { target: key.master, others: older },
    settle: () => {
      if (existsSync(next)) moveDurably(next, file, step);
    },
  };
}

async function openFile({ kms }: KmsMasterOptions, file: string) {
  if (!existsSync(file)) return undefined;
  refuseOpenFile(file);
  const { keyId, wrapped } = JSON.parse(readFileSync(file, "utf8")) as KmsMaster;
  return { keyId, master: masterOf(await kms.unwrap(keyId, Buffer.from(wrapped, "base64"))) };
}

async function make({ dir, kms, keyId, step }: KmsMasterOptions, file: string) {
  const bytes = randomBytes(32);
  const wrapped = wrapForKms(await kms.publicKey(keyId), bytes);
  // Whoever may encrypt need not be allowed to decrypt: found out now, and not at the next start.
  if (!Buffer.from(await kms.unwrap(keyId, wrapped)).equals(bytes))
    throw new Error("The KMS opened something else than what was encrypted to it.");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  writeDurably(file, JSON.stringify({ keyId, wrapped: wrapped.toString("base64") } satisfies KmsMaster), step);
  return { keyId, master: masterOf(bytes) };
}
