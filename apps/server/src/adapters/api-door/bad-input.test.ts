import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import path from "node:path";
import { after, before, test } from "node:test";
import { connect } from "node:tls";
import { promisify } from "node:util";
import { type TestServer, testServer } from "../../testing/test-server.ts";

let t: TestServer;
let admin: string;
before(async () => {
  t = await testServer();
  admin = await t.server.issueToken("admin", "administrator", [t.tenants[0]]);
});
after(() => t[Symbol.asyncDispose]());

interface Seen {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}
/** curl sends paths and headers as they are given. */
async function curl(where: string, ...options: readonly string[]): Promise<Seen> {
  const args = ["-s", "-i", "--path-as-is", "-m", "20", "--cacert", t.server.caFile];
  const child = promisify(execFile)("curl", [...args, ...options, new URL(t.server.apiUrl).origin + where]);
  const { stdout } = await child.catch((error: { stdout: string }) => error);
  const [head = "", ...rest] = stdout.replace(/^HTTP\/1.1 100[^\r]*\r\n\r\n/, "").split("\r\n\r\n");
  return { status: Number(/^HTTP\/\S+ (\d+)/.exec(head)?.[1] ?? 0), head, body: rest.join("\r\n\r\n") };
}
const as = (token: string) => ["-H", `Authorization: Bearer ${token}`];
const json = ["-H", "Content-Type: application/json"];
const ID = "01900000-0000-7000-8000-000000000000";

test("a stranger is told so before the body comes, over HTTP/2 and HTTP/1.1", { timeout: 20_000 }, async () => {
  const where = `/api/v1/devices/${ID}/orders`;
  const session = connectHttp2(new URL(t.server.apiUrl).origin, { ca: t.ca });
  const stream = session.request({ ":method": "POST", ":path": where, "content-type": "application/json" });
  stream.write("{");
  const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
  assert.equal(headers[":status"], 401);
  session.destroy();
  const socket = connect({ port: Number(new URL(t.server.apiUrl).port), host: "localhost", ca: t.ca });
  socket.write(
    `POST ${where} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500000\r\n\r\n{`,
  );
  const [answer] = (await once(socket, "data")) as [Buffer];
  assert.match(String(answer), /^HTTP\/1\.1 401 /);
  socket.destroy();
});

test("a token that is revoked while its body is under way does nothing", async () => {
  const origin = new URL(t.server.apiUrl).origin;
  const thief = await t.server.issueToken("thief", "administrator", [t.tenants[0]]);
  const session = connectHttp2(origin, { ca: t.ca });
  const stream = session.request({
    ":method": "POST",
    ":path": "/api/v1/tokens",
    authorization: `Bearer ${thief}`,
    "content-type": "application/json",
  });
  stream.write("{");
  const list = JSON.parse((await curl("/api/v1/tokens", ...as(admin))).body) as {
    items: { id: string; name: string }[];
  };
  const { id } = list.items.find(({ name }) => name === "thief")!;
  const revoked = await curl(`/api/v1/tokens/${id}`, "-X", "DELETE", ...as(admin));
  assert.ok(revoked.status < 300, revoked.body);
  stream.end('"name":"again","role":"administrator"}');
  const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
  assert.equal(headers[":status"], 401);
  session.destroy();
});

test("a script of 10 MB is 413 in words that name the limit, whether as one field or as a body without an end", async () => {
  const file = path.join(t.dir, "script.json");
  writeFileSync(file, JSON.stringify({ type: "run-script", input: { script: "x".repeat(10_000_000) } }));
  for (const options of [[], ["-H", "Transfer-Encoding: chunked"], ["--http1.1", "-H", "Expect:"]]) {
    const where = `/api/v1/devices/${ID}/orders`;
    const answer = await curl(
      where,
      "-X",
      "POST",
      ...as(t.tokens[0]),
      ...json,
      ...options,
      "--data-binary",
      `@${file}`,
    );
    assert.equal(answer.status, 413, options.join(" "));
    const problem = JSON.parse(answer.body) as { code: string; detail: string };
    assert.equal(problem.code, "body.too-large");
    assert.match(problem.detail, /2097152 bytes/);
  }
});

test("__proto__ and its like are refused or are plain text, wherever they stand", async () => {
  const post = (where: string, body: string) =>
    curl(`/api/v1${where}`, "-X", "POST", ...as(admin), ...json, "--data-binary", body);
  for (const body of [
    '{"__proto__": {"role": "administrator"}, "name": "x"}',
    '{"name": "x", "role": "auditor", "constructor": {"prototype": {"x": 1}}}',
    '{"name": {"__proto__": {}}, "role": "auditor"}',
    '{"name": "x", "role": "__proto__"}',
    '{"name": "x", "role": "auditor", "toString": 1}',
  ]) {
    assert.equal((await post("/tokens", body)).status, 400, body);
  }
  for (const query of [
    "__proto__=x",
    "__proto__=x&__proto__=y",
    "constructor=x",
    "__proto__[limit]=1",
    "limit=1&limit=2",
  ])
    assert.equal((await curl(`/api/v1/devices?${query}`, "-g", ...as(admin))).status, 400, query);
  const rule = { match: { name: { exact: "__proto__" } }, mode: "report", scope: { tenant: true } };
  const made = await post("/rules", JSON.stringify({ ...rule, name: "__proto__" }));
  assert.equal(made.status, 201, made.body);
  const { id, name } = JSON.parse(made.body) as { id: string; name: string };
  assert.equal(name, "__proto__");
  assert.equal((await curl(`/api/v1/rules/${id}`, ...as(admin))).status, 200);
  for (const word of ["__proto__", "constructor", "hasOwnProperty"])
    for (const where of [`/rules/${word}`, `/devices/${word}`, `/orders/${word}`])
      assert.ok([400, 404].includes((await curl(`/api/v1${where}`, ...as(admin))).status), where);
  assert.equal((await curl("/api/v1/devices", ...as(admin), "-H", "Pomona-Tenant: __proto__")).status, 404);
  assert.equal(({} as Record<string, unknown>)["role"], undefined);
});

test("cursors and ids that are huge, foreign or no text at all are 400 or a page of one's own", async () => {
  const cursors = ["a".repeat(7_000), "-1", "%00", "%ff", "%F0%9F%8D%8E", "../../x", "' OR 1=1 --", "9".repeat(400)];
  for (const list of ["devices", "rules", "incidents", "audit", "tokens", "enrollment-invitations", "tenants"]) {
    for (const cursor of cursors) {
      const { status, body } = await curl(`/api/v1/${list}?cursor=${cursor.replaceAll(" ", "%20")}`, ...as(admin));
      assert.ok(status === 400 || status === 200, `${list} ${cursor.slice(0, 30)} got ${status}`);
      assert.ok(!body.includes(t.tenants[1].id));
    }
    for (const limit of ["0", "-1", "1e9", "99999999999999999999", "x", "NaN", "1.5"])
      assert.equal((await curl(`/api/v1/${list}?limit=${limit}`, ...as(admin))).status, 400, `${list} ${limit}`);
  }
  for (const id of ["a".repeat(2_000), "%00", "..%2f..%2fetc%2fpasswd", "%ff", "%", "null"])
    assert.ok([400, 404, 414].includes((await curl(`/api/v1/devices/${id}`, ...as(admin))).status), id.slice(0, 30));
  for (const cursor of ["x", "-1", "99999999999999999999", "1; DROP TABLE facts"])
    assert.equal((await curl("/api/v1/events", ...as(admin), "-H", `Last-Event-ID: ${cursor}`)).status, 400, cursor);
});

test("names in any script come back as they were; those that are no text, or too long, are refused", async () => {
  for (const name of [
    "Åsas Mac",
    "山田の Mac 🍎",
    "مرحبا",
    "a\u0301\u200d\u202e",
    "<script>alert(1)</script>",
    "'; DROP TABLE x; --",
  ]) {
    const answer = await t.call(admin, "POST", "/enrollment-invitations", { name });
    assert.equal(answer.status, 201, name);
    assert.equal(answer.json["name"], name);
  }
  for (const name of ["", "x".repeat(100_000), 5, null, ["x"], { x: 1 }])
    assert.equal((await t.call(admin, "POST", "/enrollment-invitations", { name })).status, 400);
  const half = await t.call(admin, "POST", "/enrollment-invitations", '{"name": "\\ud800"}');
  assert.ok(half.status === 400 || half.status === 201);
});

test("paths that climb lead nowhere, and no header comes out of a path", async () => {
  const dir = path.join(t.dir, "built");
  mkdirSync(path.join(dir, "assets"), { recursive: true });
  writeFileSync(path.join(dir, "index.html"), "<!doctype html>");
  writeFileSync(path.join(dir, "assets", "a.js"), "1");
  writeFileSync(path.join(dir, "secret.txt"), "the secret");
  await using built = await testServer({ consoleDir: dir });
  const { origin } = new URL(built.server.apiUrl);
  const climb = [
    "../secret.txt",
    "..%2fsecret.txt",
    "%2e%2e/secret.txt",
    "..%5csecret.txt",
    "a.js/../../secret.txt",
    "%00",
  ];
  for (const prefix of ["/assets/", "/enroll/", "/enroll/x/", "/sign-in/", "//", "/api/v1/"]) {
    for (const tail of [...climb, "....//....//etc/passwd", "a%0d%0aSet-Cookie:%20pomona_session=x"]) {
      const args = ["-s", "-i", "--path-as-is", "-m", "20", "--cacert", built.server.caFile, origin + prefix + tail];
      const { stdout } = await promisify(execFile)("curl", args);
      assert.ok(!stdout.includes("the secret") && !stdout.includes("root:"), prefix + tail);
      assert.ok(!/^set-cookie/im.test(stdout), prefix + tail);
    }
  }
});

test("the address that a caller claims to have called gets into no link, page or cookie", async () => {
  const evil = [
    "-H",
    "Host: evil.example",
    "-H",
    "X-Forwarded-Host: evil.example",
    "-H",
    "Forwarded: host=evil.example",
  ];
  const made = await curl(
    "/api/v1/enrollment-invitations",
    "--http1.1",
    ...evil,
    ...as(admin),
    ...json,
    "-d",
    '{"name": "x"}',
  );
  assert.equal(made.status, 201);
  const { url } = JSON.parse(made.body) as { url: string };
  assert.equal(new URL(url).origin, new URL(t.server.apiUrl).origin);
  for (const answer of [made, await curl(new URL(url).pathname, "--http1.1", ...evil)])
    assert.ok(!(answer.head + answer.body).includes("evil.example"));
  const link = await curl(
    "/api/v1/sign-in-links",
    "--http1.1",
    ...evil,
    ...as(admin),
    ...json,
    "-d",
    '{"personName": "A", "role": "auditor"}',
  );
  assert.ok(link.status === 201 && !link.body.includes("evil.example"), link.body);
});

test("a token counts in the Authorization header alone: not in the query, not in a cookie", async () => {
  for (const where of [`?token=${admin}`, `?access_token=${admin}`, `?authorization=Bearer%20${admin}`])
    assert.equal((await curl(`/api/v1/devices${where}`)).status, 401);
  assert.equal((await curl("/api/v1/devices", "-H", `Cookie: pomona_session=${admin}`)).status, 401);
  const basic = `Basic ${Buffer.from(`x:${admin}`).toString("base64")}`;
  assert.equal((await curl("/api/v1/devices", "-H", `Authorization: ${basic}`)).status, 401);
  assert.equal((await curl(`/api/v1/events?token=${admin}`)).status, 401);
});

test("a stream of another tenant does not exist, by header and by query", async () => {
  const other = t.tenants[1].id;
  assert.equal((await curl(`/api/v1/events?tenant=${other}`, ...as(t.tokens[0]))).status, 404);
  assert.equal((await curl("/api/v1/events", ...as(t.tokens[0]), "-H", `Pomona-Tenant: ${other}`)).status, 404);
  assert.equal((await curl(`/api/v1/events?tenant=platform`, ...as(admin))).status, 404);
});

test("bytes that are no HTTP end their own connection, and headers beyond what a request needs are refused", async () => {
  assert.ok(
    [0, 431].includes((await curl("/api/v1/health", "--http1.1", "-H", `X-Long: ${"a".repeat(70_000)}`)).status),
  );
  for (const bytes of [
    "\u0016\u0003\u0001\r\n\r\n",
    "GET /%%% HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nA b\r\n\r\n",
  ]) {
    const socket = connect({ port: Number(new URL(t.server.apiUrl).port), host: "localhost", ca: t.ca });
    await once(socket, "secureConnect");
    socket.on("error", () => {}).resume();
    socket.end(bytes);
    await once(socket, "close");
  }
  assert.equal((await curl("/api/v1/health")).status, 200);
});
