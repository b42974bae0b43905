import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { actions } from "@pomona/contract";
import { request, testServer } from "../../testing/test-server.ts";

test("every route wants to know who asks, and says so in a problem", async () => {
  await using t = await testServer();
  const { paths } = (await request(new URL(`${t.server.apiUrl}/openapi.json`), t.ca, "GET")).json as unknown as {
    paths: Record<string, Record<string, unknown>>;
  };
  const id = "01900000-0000-7000-8000-000000000000";
  for (const [route, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods)) {
      const url = new URL(`${t.server.apiUrl}${route.replace(/\{\w+\}/g, id)}`);
      const body = ["get", "delete"].includes(method) ? undefined : {};
      const answer = await request(url, t.ca, method.toUpperCase(), body, { authorization: "Bearer nonsense" });
      assert.equal(answer.status, 401, `${method} ${route}`);
      assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
      assert.equal(answer.json["code"], "session.unknown");
    }
  }
  assert.equal((await request(new URL(`${t.server.apiUrl}/events`), t.ca, "GET")).status, 401);
});

test("the OpenAPI document describes every bound action, and names no other", async () => {
  await using t = await testServer();
  const document = (await t.call("", "GET", "/openapi.json")).json as unknown as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  assert.equal(document.openapi, "3.1.0");
  const described = Object.values(document.paths).flatMap((item) => Object.values(item).map((o) => o.operationId));
  const known = new Set(actions.map((action) => action.name as string));
  assert.ok(described.length > 10);
  for (const name of described) assert.ok(known.has(name), name);
});

test("bodies that do not fit get a 400 that names the field; too large ones 413; unreadable ones 400", async () => {
  await using t = await testServer();
  const admin = await t.server.issueToken("admin", "administrator", t.tenants);
  const post = (body: unknown, headers = {}) => t.call(admin, "POST", "/tokens", body, headers);
  const wrong = await post({ name: "x", role: "king", more: 1 });
  assert.deepEqual([wrong.status, wrong.json["code"]], [400, "input.invalid"]);
  assert.ok((wrong.json["errors"] as unknown as { path: string }[]).some((error) => error.path === "/role"));
  for (const body of ["{", "[]", '"text"', "null", '{"__proto__": {"role": "x"}}']) {
    const answer = await post(body);
    assert.equal(answer.status, 400, body);
    assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/, body);
  }
  assert.equal((await post(JSON.stringify({ name: "x".repeat(3_000_000), role: "auditor" }))).status, 413);
  assert.equal((await post("name=x", { "content-type": "application/x-www-form-urlencoded" })).status, 415);
  assert.equal((await t.call(admin, "GET", "/devices?cursor=bad")).status, 400);
  assert.equal((await t.call(admin, "GET", "/devices/not-an-id")).status, 400);
  assert.equal((await t.call(admin, "GET", "/nothing")).json["code"], "route.not-found");
});

test("a one-time link signs in once, the cookie is closed to scripts and other sites, and sign-out ends it", async () => {
  await using t = await testServer();
  const link = t.server.firstSignInLink!.split("/").at(-1)!;
  const client = { "pomona-client": "console" };
  const session = new URL(`${t.server.apiUrl}/session`);
  assert.equal((await request(session, t.ca, "POST", { link })).status, 403, "without the header of the console");
  const answer = await request(session, t.ca, "POST", { link }, client);
  assert.equal(answer.status, 201);
  const cookie = String(answer.headers["set-cookie"]);
  assert.match(cookie, /HttpOnly/);
  assert.match(cookie, /Secure/);
  assert.match(cookie, /SameSite=Strict/);
  const again = await request(session, t.ca, "POST", { link }, client);
  assert.deepEqual([again.status, again.json["code"]], [401, "link.spent"]);
  const signedIn = { ...client, cookie: cookie.split(";")[0]! };
  const shown = (await request(session, t.ca, "GET", undefined, signedIn)).json as unknown as {
    role: string;
    tenants: { name: string }[];
    permissions: string[];
  };
  assert.equal(shown.role, "administrator");
  assert.ok(shown.permissions.includes("tenants.create-tenant"));
  const forged = await request(
    new URL(`${t.server.apiUrl}/tenants`),
    t.ca,
    "POST",
    { name: "x" },
    { cookie: signedIn.cookie },
  );
  assert.deepEqual([forged.status, forged.json["code"]], [403, "request.cross-site"]);
  assert.equal((await request(session, t.ca, "DELETE", undefined, signedIn)).status, 204);
  assert.equal((await request(session, t.ca, "GET", undefined, signedIn)).status, 401);
});

test("a revoked token is refused at once, and a token shown once is nowhere to be read again", async () => {
  await using t = await testServer();
  const admin = await t.server.issueToken("admin", "administrator", t.tenants);
  const key = { "idempotency-key": "k1" };
  const made = (await t.call(admin, "POST", "/tokens", { name: "ci", role: "auditor" }, key)).json as unknown as {
    id: string;
    token: string;
  };
  assert.equal((await t.call(made.token, "GET", "/devices")).status, 200);
  assert.equal((await t.call(made.token, "POST", "/tokens", { name: "x", role: "auditor" })).status, 403);
  const repeated = await t.call(admin, "POST", "/tokens", { name: "ci", role: "auditor" }, key);
  assert.ok(!repeated.text.includes(made.token));
  for (const where of ["/tokens", "/audit"]) assert.ok(!(await t.call(admin, "GET", where)).text.includes(made.token));
  assert.equal((await t.call(admin, "DELETE", `/tokens/${made.id}`)).status, 200);
  assert.equal((await t.call(made.token, "GET", "/devices")).status, 401);
});

test("a tenant that is not granted does not exist", async () => {
  await using t = await testServer();
  const [mine, other] = t.tenants;
  const own = await t.call(t.tokens[0], "GET", "/tenants");
  assert.deepEqual(
    (own.json["items"] as unknown as { id: string }[]).map(({ id }) => id),
    [mine.id],
  );
  const answer = await t.call(t.tokens[0], "GET", "/devices", undefined, { "pomona-tenant": other.id });
  assert.deepEqual([answer.status, answer.json["code"]], [404, "tenant.not-found"]);
  const both = await t.server.issueToken("msp", "operator", t.tenants);
  const session = await t.call(both, "GET", "/session", undefined, { "pomona-tenant": other.id });
  assert.equal((session.json as unknown as { tenant: { id: string } }).tenant.id, other.id);
});

test("curl reads the API over HTTP/2 with the root that the server wrote", async () => {
  await using t = await testServer();
  const args = [
    "-s",
    "--http2",
    "--cacert",
    t.server.caFile,
    "-w",
    "%{http_version} %{http_code}",
    `${t.server.apiUrl}/health`,
  ];
  const { stdout } = await promisify(execFile)("curl", args, { timeout: 20_000 });
  assert.equal(stdout, '{"status":"up","store":"works"}2 200');
});

test("a token of several tenants that one of them revokes is gone there, and only there", async () => {
  await using t = await testServer();
  const admin = await t.server.issueToken("admin", "administrator", t.tenants);
  const both = await t.server.issueToken("msp", "operator", t.tenants);
  const [mine, other] = t.tenants.map(({ id }) => ({ "pomona-tenant": id }));
  const listed = (await t.call(admin, "GET", "/tokens", undefined, mine)).json as unknown as {
    items: { id: string; name: string }[];
  };
  const { id } = listed.items.find(({ name }) => name === "msp")!;
  assert.equal((await t.call(admin, "DELETE", `/tokens/${id}`, undefined, mine)).status, 200);
  assert.equal((await t.call(both, "GET", "/devices", undefined, mine)).status, 404);
  assert.equal((await t.call(both, "GET", "/devices", undefined, other)).status, 200);
  assert.equal((await t.call(admin, "DELETE", `/tokens/${id}`, undefined, other)).status, 200);
  assert.equal((await t.call(both, "GET", "/devices", undefined, other)).status, 401);
});
