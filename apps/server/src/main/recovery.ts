import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { Snapshot } from "../adapters/store/snapshot.ts";
import { FileRecoveryLog } from "../adapters/vault/recovery-log.ts";
import { type BundleSource, writeBundle } from "../features/recovery/index.ts";
import { PLATFORM } from "../kernel/scope.ts";
import { type KeyConfig, readVault } from "./keys.ts";
import { certificateIn, writeNew } from "./recovery-files.ts";
import { LASTING_COLUMNS } from "./sealed-columns.ts";

export interface ExportOrder {
  /** PEM files, each with the certificate of a bundle key. */
  readonly recipients: readonly string[];
  /** The file to write; it must not be there. */
  readonly to: string;
  /** Only these tenants, by name; all and the installation's own keys when not given. */
  readonly tenants?: readonly string[];
  /** See {@link writeBundle}. */
  readonly throughKms?: boolean;
  readonly version: string;
}

/**
 * Takes everything that is sealed out of a data folder, encrypted to keys that lie elsewhere. It reads beside a running server.
 * @returns what is in it, for people
 */
export async function exportRecovery(config: KeyConfig, order: ExportOrder): Promise<readonly string[]> {
  if (existsSync(order.to))
    throw new Error(`${order.to} is there already. Name a new file; old bundles are not overwritten.`);
  const recipients = order.recipients.map((file) => certificateIn(file));
  using snapshot = new Snapshot(path.join(config.dataDir, "pomona.db"));
  // After the database: a data key is on disk before anything that it sealed is.
  const vault = await readVault(config);
  const source: BundleSource = {
    tenants: chosenTenants(snapshot, order.tenants),
    rows: (table) => snapshot.rows(table),
    open: (tenantId, place, sealed) => vault.openAnywhere(tenantId, place, sealed),
    dataKeys: (tenantId) => vault.dataKeys(tenantId),
  };
  const by = userInfo().username;
  const { version, throughKms = false } = order;
  const made = await writeBundle(source, {
    columns: LASTING_COLUMNS,
    recipients,
    now: Date.now(),
    by,
    version,
    throughKms,
  });
  writeNew(order.to, made.bytes);
  new FileRecoveryLog(config.dataDir).add(made.entry);
  const names = new Map(source.tenants.map(({ id, name }) => [id, name]));
  return [
    `${order.to}: recovery bundle ${made.entry.bundleId}, ${made.bytes.length.toLocaleString("en")} bytes.`,
    ...made.entry.recipients.map((recipient) => `  opens with   ${recipient}`),
    ...made.entry.tenants.map(({ id, values, unreadable }) => {
      const lost = unreadable === 0 ? "" : `, ${unreadable} that do not open on this server either`;
      return `  ${names.get(id)}: ${values} secrets${lost}`;
    }),
    "Take it away from this machine, and prove now that it opens:  pomona recovery drill --bundle FILE --key KEY",
  ];
}

function chosenTenants(snapshot: Snapshot, names: readonly string[] | undefined): BundleSource["tenants"] {
  const all = [...snapshot.rows("tenants")].map((row) => ({ id: String(row["id"]), name: String(row["name"]) }));
  if (names === undefined) return [{ id: PLATFORM, name: "the installation" }, ...all];
  return names.map((name) => {
    const found = all.find((tenant) => tenant.name === name);
    if (found === undefined)
      throw new Error(`There is no tenant "${name}" here: ${all.map((each) => each.name).join(", ")}.`);
    return found;
  });
}

/** Puts down in a server's data folder that a drill passed; the server believes only a code that fits one of its bundles. */
export function confirmRecoveryDrill(dataDir: string, code: string): void {
  if (!existsSync(path.join(dataDir, "pomona.db"))) throw new Error(`${dataDir} is no data folder. Set POMONA_DATA.`);
  new FileRecoveryLog(dataDir).add({ type: "tested", code, at: Date.now(), by: userInfo().username });
}
