import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AgentStore, createMemoryStore } from "@pomona/agent";

/**
 * The store of an in-process agent: its identity and desired state are files on the Mac's disk, its ledger and spool live as long as
 * the virtual Mac. A thousand databases that flush each write would be a test of this machine's disk and of nothing else.
 */
export function openKeptStore(folder: string): AgentStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    ...createMemoryStore(),
    files: {
      read: (name) => {
        try {
          return readFileSync(join(folder, name), "utf8");
        } catch {
          return undefined;
        }
      },
      write: (name, text) => {
        writeFileSync(join(folder, `${name}.next`), text, { mode: 0o600 });
        renameSync(join(folder, `${name}.next`), join(folder, name));
      },
      remove: (name) => rmSync(join(folder, name), { force: true }),
    },
  };
}
