import type { AuditTrail } from "../../kernel/perform.ts";
import { insertEntry, readHead } from "./audit.sql.ts";
import { type Commitment, chainHash, commit, GENESIS } from "./model.ts";

/** Adds to the tenant's chain, in the transaction of what it tells of. */
export const auditTrail: AuditTrail = {
  record: async (tx, { action, outcome, input, reason }) => {
    const { scope, now } = tx;
    const head = await readHead(tx);
    const fields = new Map<string, Commitment>([
      ["actor", commit(scope.actor)],
      ["address", commit(scope.address ?? null)],
      ["reason", commit(reason ?? null)],
      ...Object.entries(input).map(([name, value]): [string, Commitment] => [`input.${name}`, commit(value)]),
    ]);
    const entry = {
      tenantId: scope.tenantId,
      sequence: (head?.sequence ?? 0) + 1,
      at: now,
      action,
      outcome,
      commitments: Object.fromEntries([...fields].map(([name, { commitment }]) => [name, commitment])),
    };
    const hash = chainHash(head?.hash ?? GENESIS, entry);
    await insertEntry(tx, { ...entry, actorId: scope.actor.id, hash }, fields);
    await tx.publish({ type: "audit.recorded", data: { sequence: entry.sequence, action } });
  },
};
