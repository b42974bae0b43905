import { PomonaError } from "../../kernel/errors.ts";
import type { Idempotency } from "../../kernel/perform.ts";
import { findKey, insertKey } from "./budget.sql.ts";
import { hashOf } from "./model.ts";

/** How long an answer is remembered, in ms. */
export const KEY_MS = 86_400_000;

/**
 * The answer is kept as it was given, in the transaction that did the work. What holds a secret that is shown once is
 * kept without it: {@link withoutSecrets}.
 */
export const idempotency: Idempotency = {
  find: async (tx, action, key, input) => {
    const kept = await findKey(tx, action, key);
    if (kept === undefined || kept.created_at < tx.now - KEY_MS) return undefined;
    if (kept.input_hash !== hashOf(input)) {
      throw new PomonaError(
        "unprocessable",
        "idempotency.other-body",
        "This Idempotency-Key was used with a different body. Use a new key for a new request.",
      );
    }
    return { output: JSON.parse(kept.output) as unknown };
  },
  keep: async (tx, action, key, input, output) => {
    await insertKey(tx, action, key, hashOf(input), JSON.stringify(withoutSecrets(output)));
  },
};

const SHOWN_ONCE = new Set(["token", "url"]);
const withoutSecrets = (output: unknown): unknown =>
  typeof output === "object" && output !== null
    ? Object.fromEntries(Object.entries(output).map(([k, v]) => [k, SHOWN_ONCE.has(k) ? "(shown once)" : v]))
    : output;
