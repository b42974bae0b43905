import { readFileSync } from "node:fs";
import { Snapshot } from "../adapters/store/snapshot.ts";
import { openWithKms } from "../adapters/vault/kms-seal.ts";
import { boundTo, openSealed } from "../adapters/vault/open-sealed.ts";
import { type BundleLine, drillBundle, makeBundleKey, readBundle, type ValueLine } from "../features/recovery/index.ts";
import { PLATFORM } from "../kernel/scope.ts";
import { type KeyOps, type Sealed, sealedPlace } from "../kernel/secret.ts";
import { certificateIn, privateKeyIn, writeNew } from "./recovery-files.ts";
import { LASTING_COLUMNS } from "./sealed-columns.ts";

export interface BundleFiles {
  readonly bundle: string;
  /** PEM with the private key, and with the certificate unless that is named. */
  readonly key: string;
  readonly certificate?: string;
  /** Asked for only when the key is encrypted. */
  readonly passphrase: () => Promise<string>;
}

async function linesIn({ bundle, key, certificate, passphrase }: BundleFiles): Promise<readonly BundleLine[]> {
  const bundleKey = { certificate: certificateIn(certificate ?? key), key: await privateKeyIn(key, passphrase) };
  return readBundle(readFileSync(bundle), bundleKey);
}

export interface DrillResult {
  /** For people; no line holds a secret. */
  readonly lines: readonly string[];
  /** What the server takes as proof; only when all of it opened. */
  readonly code?: string;
}

/**
 * Proves that a bundle opens and that everything in it does.
 * @param database a backup of the database, all of which has to open with the bundle's data keys
 */
export async function drillRecovery(files: BundleFiles, database?: string): Promise<DrillResult> {
  const bundleLines = await linesIn(files);
  const report = drillBundle(bundleLines);
  const backup = database === undefined ? undefined : drillDatabase(bundleLines, database);
  const wrong = [...report.wrong, ...(backup?.wrong ?? [])];
  const counted = report.tenants.flatMap(({ name, counts }) => [
    name,
    ...[...counts].map(([kind, count]) => `  ${String(count).padStart(7)}  ${kind}`),
  ]);
  const lines = [
    `Recovery bundle ${report.bundleId} of ${report.createdAt} opens.`,
    ...counted,
    ...(backup === undefined ? [] : [`The database: ${backup.opened} sealed values open with the keys of the bundle.`]),
    ...(backup === undefined || backup.away === 0
      ? []
      : [`Note: ${backup.away} values of the database open only in the KMS.`]),
    ...report.notes.map((note) => `Note: ${note}.`),
    ...wrong.slice(0, 50).map((each) => `WRONG: ${each}.`),
    ...(wrong.length > 50 ? [`WRONG: and ${wrong.length - 50} more.`] : []),
  ];
  return { lines, ...(wrong.length === 0 && report.code !== undefined ? { code: report.code } : {}) };
}

function drillDatabase(lines: readonly BundleLine[], file: string) {
  const keys = Map.groupBy(
    lines.filter((line) => line.type === "data-key"),
    ({ tenantId }) => tenantId,
  );
  const covered = new Set(
    lines.flatMap((line) => (line.type === "pomona-recovery" ? line.tenants : [])).map(({ id }) => id),
  );
  using snapshot = new Snapshot(file);
  let opened = 0;
  let away = 0;
  const wrong: string[] = [];
  for (const column of LASTING_COLUMNS) {
    for (const row of snapshot.rows(column.table)) {
      const tenantId = typeof row["tenant_id"] === "string" ? row["tenant_id"] : PLATFORM;
      const text = row[column.column];
      if (!covered.has(tenantId) || typeof text !== "string") continue;
      const dataKeys = (keys.get(tenantId) ?? []).map(({ kid, key }) => ({ kid, key: Buffer.from(key, "base64") }));
      const sealed = JSON.parse(text) as Sealed;
      if (sealed.recipient === "kms") {
        away += 1;
        continue;
      }
      try {
        openSealed(dataKeys, tenantId, sealedPlace(column, row), sealed);
        opened += 1;
      } catch {
        wrong.push(`in the database, a value of ${column.table}.${column.column} does not open`);
      }
    }
  }
  return { opened, away, wrong };
}

export interface SecretQuery {
  readonly serialNumber: string;
  /** A kind of secret; all of the Mac when not given. */
  readonly kind?: string;
}

type Found = ValueLine | Extract<BundleLine, { type: "sealed-to-kms" }>;

/**
 * The secrets of one Mac, in the open: `kind slot since value`, tabs between.
 * @param kms opens what only it can; without it such a value is named, with the key that opens it
 */
export async function openSecrets(files: BundleFiles, query: SecretQuery, kms?: KeyOps): Promise<readonly string[]> {
  const { serialNumber, kind } = query;
  const found = (await linesIn(files)).filter(
    (line): line is Found =>
      (line.type === "value" || line.type === "sealed-to-kms") &&
      line.table === "escrow_secrets" &&
      line.serialNumber === serialNumber,
  );
  const chosen = found.filter(({ row }) => kind === undefined || row["kind"] === kind);
  if (found.length === 0) throw new Error(`The bundle holds nothing of a Mac with the serial number ${serialNumber}.`);
  if (chosen.length === 0) {
    const kinds = [...new Set(found.map(({ row }) => String(row["kind"])))];
    throw new Error(`The bundle holds no ${kind} of ${serialNumber}, only: ${kinds.join(", ")}.`);
  }
  const lines = [];
  for (const each of chosen) {
    const { row } = each;
    const since = new Date(Number(row["created_at"])).toISOString();
    lines.push([row["kind"], row["slot"], since, await valueOf(each, kms)].join("\t"));
  }
  return lines;
}

async function valueOf(line: Found, kms: KeyOps | undefined): Promise<string | undefined> {
  if (line.type === "value") return line.text ?? line.base64;
  const { tenantId, place, sealed } = line;
  if (kms === undefined) return `(only the KMS's key ${sealed.keyId} opens it: --through-kms)`;
  return Buffer.from((await openWithKms(kms, boundTo(tenantId, place), sealed)).expose()).toString("utf8");
}

/** Writes a new bundle key: `FILE.key` to be kept away from the server, `FILE.crt` for it. */
export async function makeBundleKeyFiles(name: string, to: string, passphrase: string): Promise<readonly string[]> {
  if (passphrase.length < 12) throw new Error("The passphrase has to be 12 characters and more.");
  const made = await makeBundleKey(name, passphrase, Date.now());
  writeNew(`${to}.key`, Buffer.from(made.key, "utf8"));
  writeNew(`${to}.crt`, Buffer.from(made.certificate, "utf8"));
  return [
    `${to}.key opens bundles, with its passphrase. Keep both away from the server, not in one place, and more than once.`,
    `${to}.crt is for the server: pomona recovery export --recipient ${to}.crt --to FILE`,
  ];
}
