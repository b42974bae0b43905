import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openDiskLedger } from "../orders/disk-ledger.ts";
import { openDiskSpool } from "../spool/disk-spool.ts";
import { DEFAULT_SPOOL_BYTES } from "../spool/spool-limit.ts";
import type { AgentStore } from "./agent-store.ts";
import { openDatabase } from "./database.ts";
import { openStoredFiles } from "./stored-files.ts";

/**
 * The store of a real Mac, in a folder of its own (mode 0700): `agent.db`, a few files, and scripts while they run.
 * @throws StoreError when another agent has it, or when it cannot be opened
 */
export function openDiskStore(folder: string, options: { readonly spoolBytes?: number } = {}): AgentStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const database = openDatabase(join(folder, "agent.db"));
  chmodSync(join(folder, "agent.db"), 0o600);
  const scripts = join(folder, "scripts");
  // Whatever is left there belonged to a process that is gone.
  rmSync(scripts, { recursive: true, force: true });
  const spool = openDiskSpool(database, options.spoolBytes ?? DEFAULT_SPOOL_BYTES);
  let depth = 0;
  return {
    files: openStoredFiles(folder),
    ledger: openDiskLedger(database),
    spool,
    together(writes) {
      if (depth > 0) return writes();
      depth += 1;
      database.exec("begin immediate");
      try {
        const result = writes();
        database.exec("commit");
        return result;
      } catch (error) {
        database.exec("rollback");
        spool.recount();
        throw error;
      } finally {
        depth -= 1;
      }
    },
    scriptFolder() {
      mkdirSync(scripts, { recursive: true, mode: 0o700 });
      return scripts;
    },
    close: () => database.close(),
  };
}
