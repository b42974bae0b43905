import { newId } from "../../kernel/clock.ts";
import { PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readTenants } from "../tenants/index.ts";
import {
  deleteSession,
  findByToken,
  grant,
  insertLink,
  insertPrincipal,
  insertSession,
  useLink,
} from "./access.sql.ts";
import { type Grant, hashOf, LINK_MS, newSecret, SESSION_MS } from "./model.ts";

/** Opens a session for who holds a one-time link or an API token. @returns the cookie's secret and its end in ms */
export async function signIn(
  kernel: Kernel,
  proof: { readonly link: string } | { readonly token: string },
): Promise<{ readonly secret: string; readonly expiresAt: number }> {
  const secret = newSecret("pomona_s");
  return kernel.store.write(systemScope(PLATFORM, "access"), async (tx) => {
    const principalId = "link" in proof ? await personOfLink(tx, proof.link) : await principalOfToken(tx, proof.token);
    const expiresAt = tx.now + SESSION_MS;
    await insertSession(tx, hashOf(secret), principalId, expiresAt);
    return { secret, expiresAt };
  });
}

export const signOut = (kernel: Kernel, secret: string): Promise<void> =>
  kernel.store.write(systemScope(PLATFORM, "access"), (tx) => deleteSession(tx, hashOf(secret)));

/** Makes a link; who opens it first becomes this person. One for the platform opens every tenant that exists then. */
export async function addSignInLink(
  tx: WriteTransaction,
  personName: string,
  given: Grant,
): Promise<{ readonly code: string; readonly expiresAt: number }> {
  const code = newSecret("pomona_l");
  const expiresAt = tx.now + LINK_MS;
  await insertLink(tx, { secretHash: hashOf(code), personName, expiresAt, ...given });
  return { code, expiresAt };
}

async function personOfLink(tx: WriteTransaction, link: string): Promise<string> {
  const used = await useLink(tx, hashOf(link));
  if (used === undefined) {
    throw new PomonaError(
      "unauthenticated",
      "link.spent",
      "This sign-in link was used already, or has expired. Ask an administrator for a new one, or restart the server if you are the first.",
    );
  }
  const id = newId<"person">(tx.now);
  await insertPrincipal(tx, { id, kind: "person", name: used.personName, secretHash: null, expiresAt: null });
  await grant(tx, id, used);
  if (used.tenantId === PLATFORM) {
    for (const tenant of await readTenants(tx)) await grant(tx, id, { tenantId: tenant.id, role: "administrator" });
  }
  return id;
}

async function principalOfToken(tx: WriteTransaction, token: string): Promise<string> {
  const principal = await findByToken(tx, hashOf(token), tx.now);
  if (principal === undefined)
    throw new PomonaError("unauthenticated", "token.unknown", "This token is unknown, revoked or expired.");
  return principal.id;
}
