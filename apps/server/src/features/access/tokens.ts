import { createSignInLink, createToken, listTokens, type Role, revokeToken, type Token } from "@pomona/contract";
import { bindAction } from "../../kernel/action.ts";
import { newId } from "../../kernel/clock.ts";
import { notFound } from "../../kernel/errors.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { grant, insertPrincipal, readTokens, revoke, type TokenRow } from "./access.sql.ts";
import { type Grant, hashOf, newSecret } from "./model.ts";
import { addSignInLink } from "./sign-in.ts";

/** Makes a token with a role in each of some tenants; the secret is given back once and kept nowhere. */
export async function addToken(
  tx: WriteTransaction,
  name: string,
  grants: readonly Grant[],
  expiresAt: number | null = null,
): Promise<{ readonly id: string; readonly secret: string }> {
  const secret = newSecret("pomona_t");
  const id = newId<"token">(tx.now);
  await insertPrincipal(tx, { id, kind: "token", name, secretHash: hashOf(secret), expiresAt });
  for (const given of grants) await grant(tx, id, given);
  await tx.publish({ type: "token.changed", data: { name } });
  return { id, secret };
}

const day = 86_400_000;
const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export const createTokenAction = bindAction(createToken, {
  devicesTouched: () => 0,
  run: async ({ scope, tx }, { name, role, expiresInDays }) => {
    const expiresAt = expiresInDays === undefined ? null : tx.now + expiresInDays * day;
    const { id, secret } = await addToken(tx, name, [{ tenantId: scope.tenantId, role }], expiresAt);
    return {
      id,
      name,
      role,
      createdAt: new Date(tx.now).toISOString(),
      expiresAt: time(expiresAt),
      lastUsedAt: null,
      token: secret,
    };
  },
});

export const listTokensAction = bindAction(listTokens, {
  run: async ({ tx }, { limit = 100, cursor = "" }) => {
    const rows = await readTokens(tx, cursor, limit + 1);
    const items = rows.slice(0, limit).map(toToken);
    return { items, nextCursor: rows.length > limit ? items.at(-1)!.id : null };
  },
});

export const revokeTokenAction = bindAction(revokeToken, {
  devicesTouched: () => 0,
  run: async ({ tx }, { tokenId }) => {
    if (!(await revoke(tx, tokenId))) throw notFound("token", tokenId);
    await tx.publish({ type: "token.changed", data: { name: tokenId } });
    return {};
  },
});

/** @param consoleUrl where people reach the console */
export const createSignInLinkAction = (consoleUrl: () => string) =>
  bindAction(createSignInLink, {
    devicesTouched: () => 0,
    run: async ({ scope, tx }, { personName, role }) => {
      const { code, expiresAt } = await addSignInLink(tx, personName, { tenantId: scope.tenantId, role });
      return { url: `${consoleUrl()}/sign-in/${code}`, expiresAt: new Date(expiresAt).toISOString() };
    },
  });

const toToken = (row: TokenRow): Token => ({
  id: row.id,
  name: row.name,
  role: row.role as Role,
  createdAt: new Date(row.created_at).toISOString(),
  expiresAt: time(row.expires_at),
  lastUsedAt: time(row.last_used_at),
});
