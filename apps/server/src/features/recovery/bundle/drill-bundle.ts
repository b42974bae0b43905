import { createHash, createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { isRecoveryKey } from "@pomona/mdm";
import { openEnvelopedData, PkiError, parseCertificate } from "@pomona/pki";
import { nodeCrypto, privateKeyFromPem } from "@pomona/pki/node";
import { drillCode } from "./drill-code.ts";
import type { BundleLine, ValueLine } from "./lines.ts";
import type { BundleKey } from "./read-bundle.ts";

/** What a drill found. It passed when nothing is wrong; what was unreadable on the server already is a note. */
export interface DrillReport {
  readonly bundleId: string;
  readonly createdAt: string;
  readonly tenants: readonly { readonly name: string; readonly counts: ReadonlyMap<string, number> }[];
  /** In words, without a value. */
  readonly wrong: readonly string[];
  readonly notes: readonly string[];
  /** Only where nothing is wrong. */
  readonly code?: string;
}

type LineOf<Type extends BundleLine["type"]> = Extract<BundleLine, { type: Type }>;

/** Tries everything in an opened bundle as it would be needed on the day on which the server is gone. */
export function drillBundle(lines: readonly BundleLine[]): DrillReport {
  const of = <Type extends BundleLine["type"]>(type: Type) =>
    lines.filter((line): line is LineOf<Type> => line.type === type);
  const [head] = of("pomona-recovery");
  const [canary] = of("canary");
  if (head === undefined) throw new Error("This is no recovery bundle of this version.");
  const values = of("value");
  const wrong = [
    ...(canary === undefined || canary.value.length !== 44 ? ["the canary is not in it"] : []),
    ...of("data-key").flatMap(wrongDataKey),
    ...values.flatMap(wrongValue),
    ...wrongEnvelopes(of("envelope"), values),
    ...head.tenants.flatMap((tenant) => missingKeys(tenant, lines)),
  ];
  const lost = of("unreadable").length;
  const away = of("sealed-to-kms");
  const kmsKeys = [...new Set(away.map(({ sealed }) => sealed.keyId))].join(", ");
  const unopened = of("envelope").filter(({ opens }) => !opens).length;
  return {
    bundleId: head.bundleId,
    createdAt: head.createdAt,
    tenants: head.tenants.map(({ id, name }) => ({ name, counts: countKinds(id, lines) })),
    wrong,
    notes: [
      ...(lost === 0 ? [] : [`${lost} values did not open on the server either when the bundle was made`]),
      ...(away.length === 0 ? [] : [`${away.length} values open only with the KMS's key ${kmsKeys}`]),
      ...(unopened === 0 ? [] : [`${unopened} messages of Macs were encrypted to a key that the server did not have`]),
    ],
    ...(wrong.length === 0 ? { code: drillCode(head.bundleId, Buffer.from(canary!.value, "base64")) } : {}),
  };
}

function countKinds(tenantId: string, lines: readonly BundleLine[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const kind = "tenantId" in line && line.tenantId === tenantId ? kindOf(line) : undefined;
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function kindOf(line: BundleLine): string | undefined {
  switch (line.type) {
    case "value":
    case "sealed-to-kms":
      return typeof line.row["kind"] === "string" ? line.row["kind"] : line.table;
    case "data-key":
      return "data keys";
    case "envelope":
      return "messages with recovery keys (CMS)";
    case "unreadable":
      return "unreadable already on the server";
    case "pomona-recovery":
    case "canary":
    case "end":
      return undefined;
  }
}

function wrongDataKey({ tenantId, kid, key }: LineOf<"data-key">): string[] {
  const bytes = Buffer.from(key, "base64");
  const isRight = bytes.length === 32 && createHash("sha256").update(bytes).digest("hex").slice(0, 16) === kid;
  return isRight ? [] : [`a data key of tenant ${tenantId} is not the one that its name says`];
}

const about = ({ table, row, serialNumber }: ValueLine): string =>
  [table, row["id"], row["name"], serialNumber].filter((each) => typeof each === "string").join(" ");

/** A key of a certificate has to fit it; anything else has to be there. */
function wrongValue(line: ValueLine): string[] {
  const { text, base64, table, row } = line;
  if (text === undefined && base64 === undefined) return [`${about(line)} is empty`];
  const certificate = certificateOf(row["certificate"]);
  if (certificate !== undefined && text?.includes("PRIVATE KEY") === true)
    return isKeyOf(text, certificate) ? [] : [`${about(line)}: the key does not fit its certificate`];
  if (table === "escrow_secrets" && row["kind"] === "fileVaultKey" && !isRecoveryKey(text ?? ""))
    return [`${about(line)} is no recovery key`];
  return [];
}

function certificateOf(value: unknown): X509Certificate | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  try {
    return new X509Certificate(value.includes("BEGIN") ? value : Buffer.from(value, "base64"));
  } catch {
    return undefined;
  }
}

function isKeyOf(pem: string, certificate: X509Certificate): boolean {
  try {
    return createPublicKey(createPrivateKey(pem)).equals(certificate.publicKey);
  } catch {
    return false;
  }
}

/** Every message of a Mac that the server could open has to open with a key that is in the bundle. */
function wrongEnvelopes(envelopes: readonly LineOf<"envelope">[], values: readonly ValueLine[]): string[] {
  const keys = new Map<string, BundleKey[]>();
  for (const { table, tenantId, row, text } of values) {
    if (table !== "escrow_keys" || text === undefined) continue;
    const certificate = parseCertificate(Buffer.from(String(row["certificate"]), "base64"));
    keys.set(tenantId, [...(keys.get(tenantId) ?? []), { certificate, key: privateKeyFromPem(text) }]);
  }
  return envelopes.flatMap(({ tenantId, serialNumber, deviceId, cms, opens }) => {
    const bytes = Buffer.from(cms, "base64");
    if (!opens || (keys.get(tenantId) ?? []).some((key) => opensWith(bytes, key))) return [];
    return [`the message of ${serialNumber ?? deviceId} with its recovery key does not open`];
  });
}

function opensWith(cms: Uint8Array, { certificate, key }: BundleKey): boolean {
  try {
    const { content } = openEnvelopedData(nodeCrypto(), cms, certificate, key);
    return isRecoveryKey(Buffer.from(content).toString("utf8").trim());
  } catch (error) {
    if (error instanceof PkiError) return false;
    throw error;
  }
}

/** A tenant that has anything sealed has a data key; without it the backups of its database stay shut. */
function missingKeys(
  { id, name }: { readonly id: string; readonly name: string },
  lines: readonly BundleLine[],
): string[] {
  const has = (type: BundleLine["type"]) =>
    lines.some((line) => line.type === type && "tenantId" in line && line.tenantId === id);
  return has("value") && !has("data-key") ? [`the data keys of ${name} are not in it`] : [];
}
