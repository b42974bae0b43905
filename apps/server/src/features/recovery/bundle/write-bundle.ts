import { isUtf8 } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";
import { type Certificate, createEnvelopedData, nameValue } from "@pomona/pki";
import { nodeCrypto } from "@pomona/pki/node";
import { newId } from "../../../kernel/clock.ts";
import { PomonaError } from "../../../kernel/errors.ts";
import { PLATFORM } from "../../../kernel/scope.ts";
import { type Sealed, type SealedColumn, type Secret, type SecretPlace, sealedPlace } from "../../../kernel/secret.ts";
import type { RecoveryEntry } from "../ports.ts";
import { drillCode, hashCode } from "./drill-code.ts";
import type { BundleLine } from "./lines.ts";

type Row = Readonly<Record<string, unknown>>;

/** What a bundle is made of: one consistent state of the database, and the keys that open it. */
export interface BundleSource {
  readonly tenants: readonly { readonly id: string; readonly name: string }[];
  /** All rows of a table. */
  rows(table: string): Iterable<Row>;
  open(tenantId: string, place: SecretPlace, sealed: Sealed): Promise<Secret>;
  dataKeys(tenantId: string): readonly { readonly kid: string; readonly key: Uint8Array }[];
}

export interface BundleOrder {
  readonly columns: readonly SealedColumn[];
  readonly recipients: readonly Certificate[];
  readonly now: number;
  /** Who makes it. */
  readonly by: string;
  /** Has the KMS open what only it can, value by value; otherwise such values stay sealed in the bundle. */
  readonly throughKms?: boolean;
  /** The version of this program. */
  readonly version: string;
  /** As many as a text may have, to be opened again; less in tests. */
  readonly mostCharacters?: number;
}

export interface MadeBundle {
  /** CMS, DER. */
  readonly bytes: Uint8Array;
  readonly entry: Extract<RecoveryEntry, { type: "exported" }>;
}

const KMS_AWAY: ReadonlySet<string> = new Set(["kms.refused", "kms.unreachable", "kms.not-configured"]);
/** RSA below it is not for what has to hold for years. */
const LEAST_BITS = 2048;
/** V8's longest string has 536 million. */
const MOST_CHARACTERS = 500_000_000;

/** Puts all that is sealed into one bundle for those who hold the bundle keys. @throws Error for a key that is too weak, or too much for one bundle */
export async function writeBundle(source: BundleSource, order: BundleOrder): Promise<MadeBundle> {
  for (const { keyType, keyBits } of order.recipients)
    if (keyType !== "rsa" || keyBits < LEAST_BITS)
      throw new Error(`The certificate of a bundle key needs an RSA key of ${LEAST_BITS} bits and more.`);
  const bundleId = newId(order.now);
  const canary = randomBytes(32);
  const content = await contentOf(source, order, bundleId, canary);
  return {
    bytes: createEnvelopedData(nodeCrypto(), Buffer.from(content.text, "utf8"), order.recipients, "aes-256-cbc"),
    entry: {
      type: "exported",
      bundleId,
      at: order.now,
      by: order.by,
      recipients: order.recipients.map(({ subject, raw }) =>
        `${nameValue(subject, "CN") ?? ""} ${fingerprint(raw)}`.trim(),
      ),
      codeHash: hashCode(drillCode(bundleId, canary)),
      tenants: source.tenants.map(({ id }) => ({
        id,
        values: content.counts.get(id)?.values ?? 0,
        unreadable: content.counts.get(id)?.unreadable ?? 0,
        kids: source.dataKeys(id).map(({ kid }) => kid),
      })),
    },
  };
}

async function contentOf(source: BundleSource, order: BundleOrder, bundleId: string, canary: Uint8Array) {
  const lines: string[] = [];
  let characters = 0;
  const add = (line: BundleLine) => {
    const text = JSON.stringify(line);
    characters += text.length + 1;
    if (characters > (order.mostCharacters ?? MOST_CHARACTERS))
      throw new Error("This bundle would be too large to be opened again. Make one for each tenant (--tenant NAME).");
    lines.push(text);
  };
  const { tenants } = source;
  const covered = new Set(tenants.map(({ id }) => id));
  const counts = new Map(tenants.map(({ id }) => [id, { values: 0, unreadable: 0 }]));
  const createdAt = new Date(order.now).toISOString();
  add({ type: "pomona-recovery", v: 1, bundleId, createdAt, pomona: order.version, tenants });
  add({ type: "canary", value: Buffer.from(canary).toString("base64") });
  for (const { id: tenantId } of tenants)
    for (const { kid, key } of source.dataKeys(tenantId))
      add({ type: "data-key", tenantId, kid, key: Buffer.from(key).toString("base64") });
  const devices = new Map<string, { readonly serialNumber: string | null; readonly name: string | null }>();
  for (const row of source.rows("devices"))
    devices.set(`${String(row["tenant_id"])} ${String(row["id"])}`, {
      serialNumber: textOf(row["serial_number"]),
      name: textOf(row["name"]),
    });
  const deviceOf = (tenantId: string, row: Row) => devices.get(`${tenantId} ${textOf(row["device_id"])}`);
  for (const column of order.columns) {
    for (const row of source.rows(column.table)) {
      const tenantId = textOf(row["tenant_id"]) ?? PLATFORM;
      const text = row[column.column];
      if (!covered.has(tenantId) || typeof text !== "string") continue;
      const { [column.column]: _sealed, ...rest } = row;
      const about = { tenantId, table: column.table, field: column.column, row: rest };
      const device = deviceOf(tenantId, row);
      const names = { serialNumber: device?.serialNumber ?? null, device: device?.name ?? null };
      const place = sealedPlace(column, row);
      const sealed = JSON.parse(text) as Sealed;
      if (sealed.recipient === "kms" && order.throughKms !== true) {
        add({ type: "sealed-to-kms", ...about, ...names, place, sealed });
        counts.get(tenantId)!.values += 1;
        continue;
      }
      try {
        const value = (await source.open(tenantId, place, sealed)).expose();
        add({ type: "value", ...about, ...names, ...written(value) });
        counts.get(tenantId)!.values += 1;
      } catch (error) {
        // A KMS that does not answer is no lost value: there is no bundle rather than one without it.
        if (error instanceof PomonaError && KMS_AWAY.has(error.code)) throw error;
        add({ type: "unreadable", ...about });
        counts.get(tenantId)!.unreadable += 1;
      }
    }
  }
  for (const row of source.rows("escrow_envelopes")) {
    const tenantId = String(row["tenant_id"]);
    if (!covered.has(tenantId)) continue;
    add({
      type: "envelope",
      tenantId,
      deviceId: String(row["device_id"]),
      serialNumber: deviceOf(tenantId, row)?.serialNumber ?? null,
      cms: String(row["cms"]),
      opens: row["opens"] === 1,
    });
  }
  const text = `${lines.join("\n")}\n`;
  const end = { type: "end", lines: lines.length, sha256: createHash("sha256").update(text).digest("hex") } as const;
  return { text: `${text}${JSON.stringify(end satisfies BundleLine)}\n`, counts };
}

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** Control characters other than line breaks and tabs make it no text. */
const NO_TEXT = /[^\P{Cc}\n\r\t]/u;
function written(value: Uint8Array): { readonly text: string } | { readonly base64: string } {
  const bytes = Buffer.from(value);
  const text = isUtf8(bytes) ? bytes.toString("utf8") : "\0";
  return NO_TEXT.test(text) ? { base64: bytes.toString("base64") } : { text };
}

const fingerprint = (der: Uint8Array): string => createHash("sha256").update(der).digest("hex").slice(0, 16);
