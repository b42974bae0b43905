import { hash } from "node:crypto";
import { decodePem, PkiError } from "@pomona/pki";

/** One row of a table of NanoMDM, as a database prints it in JSON. */
export type Row = Readonly<Record<string, unknown>>;

/** NULL and the empty text are nothing. */
export function text(row: Row, key: string): string | undefined {
  const value = row[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * Bytes, in base64. `TO_BASE64` and `encode` break lines; without them MySQL prints `base64:type250:...` and PostgreSQL
 * `\x...` in hex.
 */
export function base64(row: Row, key: string): string | undefined {
  const value = text(row, key)?.replaceAll(/\s/g, "");
  if (value === undefined) return undefined;
  if (value.startsWith("\\x")) return Buffer.from(value.slice(2), "hex").toString("base64");
  return value.replace(/^base64:type\d+:/, "");
}

/** MySQL has numbers for it, PostgreSQL true and false, or `t` and `f` as text. */
export const truth = (value: unknown): boolean =>
  value === true || value === 1 || value === "1" || value === "t" || value === "true";

/** Databases print times without a zone; the guide's queries are in UTC. */
export function time(row: Row, key: string): string | undefined {
  const value = text(row, key)?.replace(" ", "T");
  if (value === undefined) return undefined;
  const at = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** SHA-256 over the DER of a certificate in PEM, in lower hex, as NanoMDM pins it. */
export function certificateHash(pem: string): string | undefined {
  try {
    const [block] = decodePem(pem, "CERTIFICATE");
    return block === undefined ? undefined : hash("sha256", block.der, "hex");
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}
