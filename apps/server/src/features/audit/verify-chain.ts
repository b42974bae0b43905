import { verifyChain as contract } from "@pomona/contract";
import { bindAction } from "../../kernel/action.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { readEntries, type StoredEntry } from "./audit.sql.ts";
import { chainHash, commit, GENESIS } from "./model.ts";

const BATCH = 1000;

/** Walks the whole chain, and every field that is still there against its commitment. */
export const verifyChain = bindAction(contract, { run: async ({ tx }) => verify(tx) });

async function verify(
  tx: ReadTransaction,
): Promise<{ valid: boolean; entries: number; brokenAt: number | null; head: string }> {
  let previous = GENESIS;
  let count = 0;
  for (;;) {
    const entries = await readEntries(tx, { after: count, limit: BATCH });
    for (const entry of entries) {
      if (entry.sequence !== count + 1 || !isSound(previous, entry)) {
        return { valid: false, entries: count, brokenAt: count + 1, head: previous };
      }
      previous = entry.hash;
      count += 1;
    }
    if (entries.length < BATCH) return { valid: true, entries: count, brokenAt: null, head: previous };
  }
}

function isSound(previous: string, stored: StoredEntry): boolean {
  const { fields, hash, tenantId, sequence, at, action, outcome, commitments } = stored;
  for (const [name, { salt, value }] of fields) {
    if (commit(JSON.parse(value), salt).commitment !== commitments[name]) return false;
  }
  return chainHash(previous, { tenantId, sequence, at, action, outcome, commitments }) === hash;
}
