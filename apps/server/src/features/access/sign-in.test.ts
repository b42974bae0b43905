import assert from "node:assert/strict";
import { test } from "node:test";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { createTenants } from "../../testing/test-agents.ts";
import { MovableClock, testKernel } from "../../testing/test-kernel.ts";
import { addTenant } from "../tenants/index.ts";
import { createAccess } from "./feature.ts";
import { signIn } from "./sign-in.ts";
import { addToken } from "./tokens.ts";

test("a session that was opened with a token does not outlive it", async () => {
  const clock = new MovableClock(Date.now());
  await using kernel = testKernel(clock);
  const { feature, authenticator } = createAccess(kernel, () => "");
  kernel.migrate([createTenants(), feature]);
  const token = await kernel.store.write(systemScope(PLATFORM, "test"), async (tx) => {
    const { id } = await addTenant(tx, "Orchard");
    return addToken(tx, "short", [{ tenantId: id, role: "operator" }], tx.now + 60_000);
  });
  const { secret } = await signIn(kernel, { token: token.secret });
  assert.equal((await authenticator.scopeOf({ session: secret })).actor.id, token.id);
  clock.advance(60_001);
  await assert.rejects(authenticator.scopeOf({ session: secret }), { code: "session.unknown" });
});
