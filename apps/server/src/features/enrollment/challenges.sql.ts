import { type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { GrantMethod } from "./identity-method.ts";

interface Tables {
  scep_challenges: {
    hash: string;
    tenant_id: string;
    enrollment_id: string;
    method: string;
    expires_at: number;
    used_at: number | null;
  };
}

export async function insertChallenge(
  tx: WriteTransaction,
  challenge: {
    readonly hash: string;
    readonly enrollmentId: string;
    readonly method: GrantMethod;
    readonly expiresAt: number;
  },
): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("scep_challenges")
    .values({
      hash: challenge.hash,
      tenant_id: tx.scope.tenantId,
      enrollment_id: challenge.enrollmentId,
      method: challenge.method,
      expires_at: challenge.expiresAt,
      used_at: null,
    })
    .execute();
}

/** Spends a challenge of the scope's tenant: of two that come at once, one gets the enrollment. */
export async function useChallenge(
  tx: WriteTransaction,
  hash: string,
  method: GrantMethod,
): Promise<string | undefined> {
  const row = await sqlOf<Tables>(tx)
    .updateTable("scep_challenges")
    .set({ used_at: tx.now })
    .where("hash", "=", hash)
    .where("method", "=", method)
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("used_at", "is", null)
    .where("expires_at", ">", tx.now)
    .returning("enrollment_id")
    .executeTakeFirst();
  return row?.enrollment_id;
}

/** The enrollment of a challenge that could be spent now; nothing is spent. */
export async function peekChallenge(
  tx: ReadTransaction,
  hash: string,
  method: GrantMethod,
): Promise<string | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("scep_challenges")
    .select("enrollment_id")
    .where("hash", "=", hash)
    .where("method", "=", method)
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("used_at", "is", null)
    .where("expires_at", ">", tx.now)
    .executeTakeFirst();
  return row?.enrollment_id;
}

/** Of two offers to one Mac only the later one counts. */
export async function deleteChallenges(tx: WriteTransaction, enrollmentId: string): Promise<void> {
  await sqlOf<Tables>(tx)
    .deleteFrom("scep_challenges")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("enrollment_id", "=", enrollmentId)
    .where("used_at", "is", null)
    .execute();
}
