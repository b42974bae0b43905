import { createHash, randomBytes } from "node:crypto";
import { canonicalJson } from "@pomona/agent-protocol";

/** What the chain is computed over: commitments stand for the fields, so that a field can be erased later. */
export interface ChainedEntry {
  readonly tenantId: string;
  readonly sequence: number;
  /** ms */
  readonly at: number;
  readonly action: string;
  readonly outcome: string;
  /** By field name, hex. */
  readonly commitments: Readonly<Record<string, string>>;
}

/** The hash before the first entry. */
export const GENESIS = "0".repeat(64);

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** Lower-case hex SHA-256 over the previous hash and the entry's canonical JSON. */
export const chainHash = (previous: string, entry: ChainedEntry): string =>
  sha256(`${previous}\n${canonicalJson(entry)}`);

export interface Commitment {
  readonly salt: string;
  /** JSON */
  readonly value: string;
  readonly commitment: string;
}

/** Binds a value without showing it: without the salt nobody can try out what an erased value was. */
export function commit(value: unknown, salt: string = randomBytes(16).toString("hex")): Commitment {
  const json = canonicalJson(value ?? null);
  return { salt, value: json, commitment: sha256(`${salt}\n${json}`) };
}
