import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { decrypt, encrypt, type GcmBox } from "./aes-gcm.ts";
import { type DiskStep, refuseOpenFile, writeDurably } from "./durable-file.ts";
import type { MasterKey, MasterKeys } from "./master-key.ts";

/** A data key at rest. `by` is the master key that wraps it; files of before it was written have none. */
export interface WrappedKey extends GcmBox {
  readonly kid: string;
  readonly by?: string;
}

/** Per tenant, newest first: the first one seals, all of them open. */
export type WrappedKeys = Readonly<Record<string, readonly WrappedKey[]>>;

interface OldEntry {
  readonly kid: string;
  readonly nonce: string;
  readonly wrapped: string;
}

export const kidOf = (key: Uint8Array): string => createHash("sha256").update(key).digest("hex").slice(0, 16);
const boundTo = (tenantId: string, kid: string): Buffer => Buffer.from(`data-key:${tenantId}:${kid}`);

/** @throws Error when the file is readable by others, or is none of ours */
export function readDataKeys(file: string): WrappedKeys {
  if (!existsSync(file)) return {};
  refuseOpenFile(file);
  const read = JSON.parse(readFileSync(file, "utf8")) as { v?: number; tenants?: WrappedKeys };
  if (read.v === 2) return read.tenants ?? {};
  if (read.v !== undefined) throw new Error(`${file} was written by a newer Pomona. Start that one.`);
  // One key per tenant, as until the first rotation of a data key was possible.
  return Object.fromEntries(
    Object.entries(read as unknown as Record<string, OldEntry>).map(([tenantId, { kid, nonce, wrapped }]) => [
      tenantId,
      [{ kid, nonce, ciphertext: wrapped }],
    ]),
  );
}

export const writeDataKeys = (file: string, tenants: WrappedKeys, step?: DiskStep): void =>
  writeDurably(file, JSON.stringify({ v: 2, tenants }, null, 2), step);

export const wrapDataKey = (master: MasterKey, tenantId: string, key: Uint8Array): WrappedKey => {
  const kid = kidOf(key);
  return { kid, by: master.id, ...encrypt(master.key, key, boundTo(tenantId, kid)) };
};

/** @returns undefined when none of the master keys opens it */
export function unwrapDataKey(masters: MasterKeys, tenantId: string, wrapped: WrappedKey): Buffer | undefined {
  for (const { key } of [masters.target, ...masters.others]) {
    try {
      return decrypt(key, wrapped, boundTo(tenantId, wrapped.kid));
    } catch {
      // wrapped by another one
    }
  }
  return undefined;
}
