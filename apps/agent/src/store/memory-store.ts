import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryLedger } from "../orders/memory-ledger.ts";
import { createMemorySpool } from "../spool/memory-spool.ts";
import { DEFAULT_SPOOL_BYTES } from "../spool/spool-limit.ts";
import type { AgentStore, StoredFileName } from "./agent-store.ts";

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
      scripts ??= mkdtempSync(join(tmpdir(), "pomona-agent-"));
      return scripts;
    },
    close() {
      if (scripts !== undefined) rmSync(scripts, { recursive: true, force: true });
      scripts = undefined;
    },
  };
}
