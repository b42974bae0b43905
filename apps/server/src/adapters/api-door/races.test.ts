import assert from "node:assert/strict";
import { test } from "node:test";
import { request, testServer } from "../../testing/test-server.ts";

const AT_ONCE = Array.from({ length: 20 }, (_, i) => i);

test("of many who open one sign-in link at the same moment one gets in, with a session that nobody chose for him", async () => {
  await using t = await testServer();
  const link = t.server.firstSignInLink!.split("/").at(-1)!;
  const planted = `pomona_s_${"a".repeat(43)}`;
  const headers = { "pomona-client": "console", cookie: `pomona_session=${planted}` };
  const session = new URL(`${t.server.apiUrl}/session`);
  const answers = await Promise.all(AT_ONCE.map(() => request(session, t.ca, "POST", { link }, headers)));
  const [opened, ...more] = answers.filter(({ status }) => status === 201);
  assert.equal(more.length, 0);
  assert.ok(opened !== undefined && !String(opened.headers["set-cookie"]).includes(planted));
  assert.equal((await request(session, t.ca, "GET", undefined, headers)).status, 401);
});

test("many requests with one Idempotency-Key at the same moment have one effect and one answer", async () => {
  await using t = await testServer();
  const admin = await t.server.issueToken("admin", "administrator", [t.tenants[0]]);
  const key = { "idempotency-key": "the-same" };
  const body = { name: "once" };
  const answers = await Promise.all(AT_ONCE.map(() => t.call(admin, "POST", "/enrollment-invitations", body, key)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
  assert.equal(new Set(answers.map(({ json }) => json["id"])).size, 1);
  const { items } = (await t.call(admin, "GET", "/enrollment-invitations")).json as unknown as { items: unknown[] };
  assert.equal(items.length, 1);
  // The key is its actor's own: another's request with the same one is another request.
  const other = await t.call(t.tokens[0], "POST", "/enrollment-invitations", body, key);
  assert.equal(other.status, 201);
  assert.ok(answers.every(({ json }) => json["id"] !== other.json["id"]));
});
