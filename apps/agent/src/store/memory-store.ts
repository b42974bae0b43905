import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryLedger } from "../orders/memory-ledger.ts";
import { createMemorySpool } from "../spool/memory-spool.ts";
import { DEFAULT_SPOOL_BYTES } from "../spool/spool-limit.ts";
import type { AgentStore, StoredFileName } from "./agent-store.ts";

/** Script folders that are still there; what nobody closed goes with the process. */
const folders = new Set<string>();
let isWatched = false;

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pomona-agent-"));
  folders.add(folder);
  if (!isWatched) process.once("exit", () => folders.forEach(removeFolder));
  isWatched = true;
  return folder;
}

function removeFolder(folder: string): void {
  folders.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}

/** A store that lives as long as the value: hand the same one to the next agent, and that one remembers. For simulations. */
export function createMemoryStore(options: { readonly spoolBytes?: number } = {}): AgentStore {
  const files = new Map<StoredFileName, string>();
  let scripts: string | undefined;
  return {
    files: {
      read: (name) => files.get(name),
      write: (name, text) => void files.set(name, text),
      remove: (name) => void files.delete(name),
    },
    ledger: createMemoryLedger(),
    spool: createMemorySpool(options.spoolBytes ?? DEFAULT_SPOOL_BYTES),
    together: (writes) => writes(),
    scriptFolder() {
      scripts ??= makeFolder();
      return scripts;
    },
    close() {
      if (scripts !== undefined) removeFolder(scripts);
      scripts = undefined;
    },
  };
}
