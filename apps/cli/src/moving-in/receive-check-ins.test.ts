import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { encodePem } from "@pomona/pki";
import { buildXmlPlist } from "@pomona/plist";
import { receiveCheckIns } from "./receive-check-ins.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const xml = (message: Parameters<typeof buildXmlPlist>[0]) => Buffer.from(buildXmlPlist(message)).toString("utf8");
/** As `nano2nano` sends it: basic authentication, a length, no type. */
const put = async (url: string, body: string, key: string, method = "PUT") => {
  const authorization = `Basic ${Buffer.from(`nanomdm:${key}`).toString("base64")}`;
  const headers = { authorization, "user-agent": "Go-http-client/1.1", "accept-encoding": "gzip" };
  return (await fetch(url, { method, headers, body: Buffer.from(body) })).status;
};

test("what nano2nano sends is taken with the key alone, at one address, and within bounds", async (t) => {
  const taken: string[] = [];
  const receiver = await receiveCheckIns({
    listen: "0",
    apiKey: "k:ey",
    mostMessages: 4,
    take: (message) => {
      if (message.length === 0) return false;
      taken.push(Buffer.from(message).toString("utf8"));
      return true;
    },
  });
  t.after(() => receiver.close());
  const { url } = receiver;
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/migration$/);
  assert.equal(receiver.isLoopback, true);
  for (const key of ["", "other", "k:eyy"]) assert.equal(await put(url, "a", key), 401);
  assert.equal((await fetch(url, { method: "PUT", body: "a" })).status, 401);
  assert.equal(await put(url.replace("migration", "mdm"), "a", "k:ey"), 404);
  assert.equal(await put(url, "a", "k:ey", "POST"), 405);
  assert.equal(await put(url, "x".repeat(1_000_001), "k:ey"), 413);
  assert.equal(await put(url, "", "k:ey"), 400);
  assert.deepEqual(taken, []);
  assert.equal(await put(url, "a", "k:ey"), 200);
  assert.equal(await put(url, "x".repeat(1_000_000), "k:ey"), 200);
  assert.equal(await put(url, "b", "k:ey"), 507);
  assert.equal(taken.length, 2);
  assert.equal(receiver.refused(), 3);
});

test("an address that is none is refused in words, and one beyond this machine is told apart", async (t) => {
  for (const listen of ["", "host", "70000", "127.0.0.1:"])
    await assert.rejects(receiveCheckIns({ listen, apiKey: "k", take: () => true }), /--listen takes/);
  const receiver = await receiveCheckIns({ listen: "0.0.0.0:0", apiKey: "k", take: () => true });
  t.after(() => receiver.close());
  assert.equal(receiver.isLoopback, false);
});

test("check-ins by nano2nano and pins by rows become one file when the converter is stopped", async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "pomona-nano2nano-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = (name: string) => path.join(folder, name);
  writeFileSync(file("ca.pem"), encodePem("CERTIFICATE", Buffer.from("ca")));
  writeFileSync(file("enroll.mobileconfig"), "profile");
  const hash = "ab".repeat(32);
  writeFileSync(file("pins.jsonl"), JSON.stringify({ table: "cert_auth_associations", id: "U1", sha256: hash }));
  const args = ["--ca", file("ca.pem"), "--profile", file("enroll.mobileconfig"), "--to", file("moving.jsonl")];
  const start = (...more: string[]) => {
    const child = spawn(process.execPath, [MAIN, "convert-nanomdm", ...args, ...more], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    t.after(() => child.kill("SIGKILL"));
    return { child, ended: once(child, "close"), lines: createInterface({ input: child.stderr }) };
  };
  const keyless = start("--listen", "0");
  const [complaint] = await once(keyless.lines, "line");
  assert.match(complaint, /--listen needs the key/);
  await keyless.ended;
  assert.equal(existsSync(file("moving.jsonl")), false);

  const { child, ended, lines } = start("--listen", "0", "--api-key", "secret", "--rows", file("pins.jsonl"));
  const said: string[] = [];
  lines.on("line", (line) => said.push(line));
  const [waiting] = await once(lines, "line");
  const url = /-url (\S+);/.exec(waiting)?.[1] ?? "";
  const way = { Topic: "t", Token: Buffer.from("ab", "hex"), PushMagic: "m" };
  for (const UDID of ["U1", "U2"]) {
    assert.equal(await put(url, xml({ MessageType: "Authenticate", UDID, Topic: "t" }), "secret"), 200);
    assert.equal(await put(url, xml({ MessageType: "TokenUpdate", UDID, ...way }), "secret"), 200);
  }
  const token = { MessageType: "SetBootstrapToken", UDID: "U1", BootstrapToken: Buffer.from("boot") };
  assert.equal(await put(url, xml(token), "secret"), 200);
  assert.equal(await put(url, xml({ MessageType: "TokenUpdate", UDID: "U1", UserID: "V", ...way }), "secret"), 200);
  assert.equal(await put(url, "<plist>", "secret"), 400);
  child.kill("SIGINT");
  assert.deepEqual(await ended, [0, null]);
  assert.deepEqual(said.slice(1), [
    "6 check-ins taken, 1 refused",
    "left behind: a message holds a check-in that cannot be read",
    "1 without certificate or pin: each needs its pin, or the window (see the guide)",
    `2 enrollments in ${file("moving.jsonl")}`,
  ]);
  assert.equal(statSync(file("moving.jsonl")).mode & 0o777, 0o600);
  const records = readFileSync(file("moving.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    records.map(({ kind }) => kind),
    ["header", "enrollment-profile", "issuer", "enrollment", "enrollment"],
  );
  const [first, second] = records.slice(3);
  assert.deepEqual(
    [first.identifier, first.certificateHash, first.bootstrapToken, first.users[0].userId],
    ["U1", hash, "Ym9vdA==", "V"],
  );
  assert.equal(second.certificateHash, undefined);
});
