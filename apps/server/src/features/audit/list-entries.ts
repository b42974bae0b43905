import { type AuditEntry, listEntries as contract } from "@pomona/contract";
import { bindAction } from "../../kernel/action.ts";
import { readEntries, type StoredEntry } from "./audit.sql.ts";

export const listEntries = bindAction(contract, {
  run: async ({ tx }, { limit = 100, cursor, actor, action, outcome }) => {
    const before = cursor === undefined ? undefined : Number.parseInt(cursor, 10) || 0;
    const entries = await readEntries(tx, {
      limit: limit + 1,
      actor,
      action,
      outcome,
      ...(before === undefined ? {} : { before }),
    });
    const items = entries.slice(0, limit);
    const last = items.at(-1);
    return { items: items.map(toEntry), nextCursor: entries.length > limit && last ? String(last.sequence) : null };
  },
});

function toEntry(entry: StoredEntry): AuditEntry {
  const shown = (name: string): unknown => {
    const field = entry.fields.get(name);
    return field === undefined ? undefined : (JSON.parse(field.value) as unknown);
  };
  const inputs = Object.keys(entry.commitments).filter((name) => name.startsWith("input."));
  return {
    sequence: entry.sequence,
    at: new Date(entry.at).toISOString(),
    actor: (shown("actor") as AuditEntry["actor"] | undefined) ?? {
      kind: "erased",
      id: entry.actorId,
      name: "(erased)",
    },
    address: (shown("address") as string | null | undefined) ?? null,
    action: entry.action,
    outcome: entry.outcome as AuditEntry["outcome"],
    input: Object.fromEntries(inputs.map((name) => [name.slice(6), shown(name) ?? "(erased)"])),
    reason: (shown("reason") as string | null | undefined) ?? null,
    hash: entry.hash,
  };
}
