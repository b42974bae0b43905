import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import https from "node:https";
import { test } from "node:test";
import { type TestServer, testServer } from "../../testing/test-server.ts";

interface Heard {
  readonly id: number | undefined;
  readonly type: string;
  readonly data: { readonly tenantId: string; readonly data: Record<string, unknown> };
}

/** Reads server-sent events until `enough` says so, or the server ends the stream. */
function listen(
  t: TestServer,
  token: string,
  headers: Record<string, string>,
  enough: (heard: readonly Heard[]) => boolean,
): Promise<readonly Heard[]> {
  return new Promise((resolve, reject) => {
    const heard: Heard[] = [];
    let rest = "";
    const url = new URL(`${t.server.apiUrl}/events`);
    const sent = https.get(
      url,
      { ca: t.ca, agent: false, headers: { authorization: `Bearer ${token}`, ...headers } },
      (answer) => {
        assert.equal(answer.statusCode, 200);
        answer.setEncoding("utf8").on("data", (text: string) => {
          const blocks = (rest + text).split("\n\n");
          rest = blocks.pop()!;
          for (const block of blocks) {
            const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
            const type = field("event");
            if (type === undefined) continue;
            const id = field("id");
            heard.push({
              id: id === undefined ? undefined : Number(id),
              type,
              data: JSON.parse(field("data")!) as Heard["data"],
            });
          }
          if (enough(heard)) sent.destroy();
        });
        answer.on("close", () => resolve(heard));
      },
    );
    sent.on("error", (error) => (heard.length > 0 ? resolve(heard) : reject(error)));
  });
}

/** Something that leaves a fact in the token's tenant. */
const act = (t: TestServer, admin: string, tenantId: string, name: string) =>
  t.call(admin, "POST", "/tokens", { name, role: "auditor" }, { "pomona-tenant": tenantId });

test("the stream resumes after Last-Event-ID, in order, without gap or repetition, with this tenant's facts only", async () => {
  await using t = await testServer();
  const admin = await t.server.issueToken("admin", "administrator", t.tenants);
  for (let i = 0; i < 6; i += 1) await act(t, admin, t.tenants[i % 2]!.id, `before ${i}`);
  const first = await listen(t, t.tokens[0], { "last-event-id": "0" }, (heard) => heard.length >= 4);
  const cursor = String(first.at(-1)!.id);
  const follow = listen(t, t.tokens[0], { "last-event-id": cursor }, (heard) =>
    heard.some(({ data }) => data.data["name"] === "during 5"),
  );
  for (let i = 0; i < 6; i += 1) await act(t, admin, t.tenants[0].id, `during ${i}`);
  const all = [...first, ...(await follow)];
  const ids = all.map(({ id }) => id!);
  assert.deepEqual(
    ids,
    [...new Set(ids)].sort((a, b) => a - b),
  );
  assert.ok(all.every(({ data }) => data.tenantId === t.tenants[0].id));
  const names = all.map(({ data }) => data.data["name"]).filter((name) => String(name).startsWith("during"));
  assert.deepEqual(names, ["during 0", "during 1", "during 2", "during 3", "during 4", "during 5"]);
});

test("a cursor from the future, as after a restored backup, gets a reset", async () => {
  await using t = await testServer();
  const [event] = await listen(t, t.tokens[0], { "last-event-id": "999999" }, (heard) => heard.length > 0);
  assert.equal(event?.type, "reset");
});

test("whoever was away for more facts than may wait for a reader gets all of them in one stream", async () => {
  await using t = await testServer();
  const [tenant] = t.tenants;
  const admin = await t.server.issueToken("admin", "administrator", t.tenants);
  const missed = Array.from({ length: 700 }, (_, i) => `missed ${i}`);
  for (let i = 0; i < missed.length; i += 50) {
    await Promise.all(missed.slice(i, i + 50).map((name) => act(t, admin, tenant.id, name)));
  }
  await act(t, admin, tenant.id, "the last");
  const heard = await listen(t, t.tokens[0], { "last-event-id": "0" }, (all) =>
    all.some(({ data }) => data.data["name"] === "the last"),
  );
  const names = new Set(heard.map(({ data }) => data.data["name"]));
  assert.deepEqual(
    missed.filter((name) => !names.has(name)),
    [],
  );
});

test("a stream ends when its token is revoked", async () => {
  await using t = await testServer();
  const admin = await t.server.issueToken("admin", "administrator", t.tenants);
  const inFirst = { "pomona-tenant": t.tenants[0].id };
  const made = await t.call(admin, "POST", "/tokens", { name: "reader", role: "auditor" }, inFirst);
  const { id, token } = made.json as unknown as { id: string; token: string };
  // Resolves when the server ends the stream.
  const ended = listen(t, token, { "last-event-id": "0" }, () => false);
  assert.equal((await t.call(admin, "DELETE", `/tokens/${id}`, undefined, inFirst)).status, 200);
  assert.ok((await ended).every(({ data }) => data.tenantId === t.tenants[0].id));
});

test("a frozen reader holds up nobody, and gets everything when it reads again", async () => {
  await using t = await testServer();
  const [tenant] = t.tenants;
  const admin = await t.server.issueToken("admin", "administrator", t.tenants);
  const { origin, pathname } = new URL(`${t.server.apiUrl}/events`);
  // Takes a thousand bytes and then nothing, as a tab does that the system has stopped.
  const session = connect(origin, { ca: t.ca, settings: { initialWindowSize: 1_000 } });
  const frozen = session.request({ ":path": pathname, authorization: `Bearer ${t.tokens[0]}`, "last-event-id": "0" });
  await once(frozen, "response");
  const healthy = listen(t, t.tokens[0], { "last-event-id": "0" }, (all) =>
    all.some(({ data }) => data.data["name"] === "the last"),
  );
  for (let i = 0; i < 300; i += 1) await act(t, admin, tenant.id, `while frozen ${i}`);
  await act(t, admin, tenant.id, "the last");
  const expected = (await healthy).map(({ id }) => id);
  let text = "";
  frozen.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    if (text.includes('"the last"')) frozen.close();
  });
  await once(frozen, "close");
  session.close();
  const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  assert.deepEqual(ids.slice(0, expected.length), expected);
});
