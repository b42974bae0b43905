import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { listDevices, showMovingIn } from "@pomona/contract";
import {
  type Certificate,
  createSignedData,
  encodePem,
  issueCertificate,
  type PrivateKeyHandle,
  parseCertificate,
} from "@pomona/pki";
import { generateKeyPair, nodeCrypto, privateKeyToPem } from "@pomona/pki/node";
import { buildXmlPlist } from "@pomona/plist";
import { type RunningServer, startServer } from "@pomona/server";
import { type ApiClient, openApiClient } from "@pomona/testkit";

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const crypto = nodeCrypto();
const DAY_MS = 86_400_000;

let folder: string;
let server: RunningServer;
let api: ApiClient;
let token: string;
const file = (name: string) => path.join(folder, name);
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "pomona-moving-"));
  server = await startServer({
    dataDir: file("server"),
    host: "127.0.0.1",
    publicHost: "localhost",
    ports: { api: 0, device: 0, agent: 0 },
    apns: { url: "https://127.0.0.1:9" },
    logLevel: "silent",
    consoleDir: file("no-console"),
    version: "0.0.0",
  });
  const tenants = await server.ensureTenants(["Orchard"]);
  token = await server.issueToken("mover", "administrator", tenants);
  api = openApiClient({ apiUrl: server.apiUrl, token, ca: readFileSync(server.caFile, "utf8") });
});
after(async () => {
  api?.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

interface Identity {
  readonly certificate: Certificate;
  readonly key: PrivateKeyHandle;
}
function issue(subject: Record<string, string>, issuer?: Identity): Identity {
  const key = generateKeyPair("ec-p256");
  const der = issueCertificate(crypto, {
    issuer: issuer ?? { certificate: "self", key },
    subject,
    spki: crypto.publicKeyOf(key),
    notBefore: Date.now() - DAY_MS,
    notAfter: Date.now() + 300 * DAY_MS,
    extensions: issuer === undefined ? { ca: {} } : {},
  });
  return { certificate: parseCertificate(der), key };
}
const pem = ({ certificate }: Identity) => encodePem("CERTIFICATE", certificate.raw);

/** One Idle poll, as the Mac signs it. */
function poll(udid: string, identity: Identity): Promise<number> {
  const body = Buffer.from(buildXmlPlist({ Status: "Idle", UDID: udid }));
  const signed = createSignedData(crypto, { content: body, detached: true, signer: identity, signingTime: Date.now() });
  return new Promise((resolve, reject) => {
    const request = https.request(
      `${server.deviceUrl}/mdm`,
      {
        method: "PUT",
        ca: readFileSync(server.caFile, "utf8"),
        headers: {
          "content-type": "application/x-apple-aspen-mdm; charset=UTF-8",
          "mdm-signature": Buffer.from(signed).toString("base64"),
        },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}
const pomona = (...args: string[]) =>
  run(process.execPath, [MAIN, ...args], { env: { ...process.env, IMPORT_TOKEN: token } }).catch(
    (error: { stdout: string; stderr: string; code: number }) => error,
  );

test("NanoMDM's rows become a file, a dry run says what would come over, and after the import its Macs poll here", async () => {
  const topic = `com.apple.mgmt.External.${randomUUID()}`;
  const ca = issue({ CN: "nano CA" });
  const push = issue({ UID: topic, CN: "APSP" });
  const macs = Array.from({ length: 120 }, (_, at) => ({
    udid: randomUUID().toUpperCase(),
    at,
    ...issue({ CN: "x" }, ca),
  }));
  const xml = (message: Parameters<typeof buildXmlPlist>[0]) => Buffer.from(buildXmlPlist(message)).toString("utf8");
  const rows: Record<string, unknown>[] = [
    { table: "push_certs", topic, cert_pem: pem(push), key_pem: privateKeyToPem(push.key) },
    { table: "commands", command_uuid: "1" },
  ];
  for (const mac of macs) {
    const { udid, at, certificate } = mac;
    const device = {
      table: "devices",
      id: udid,
      serial_number: `C02MOVE${at}`,
      authenticate: xml({
        MessageType: "Authenticate",
        UDID: udid,
        Topic: topic,
        DeviceName: `Mac ${at}`,
        OSVersion: "15.2",
      }),
      authenticate_at: "2026-01-02 03:04:05",
      token_update: xml({
        MessageType: "TokenUpdate",
        UDID: udid,
        Topic: topic,
        Token: Buffer.from("t"),
        PushMagic: "m",
      }),
      unlock_token: at === 0 ? "dW5s\nb2Nr" : null,
      bootstrap_token_b64: at === 0 ? "Ym9vdA==" : null,
    };
    // Every second one has the certificate itself, the others only NanoMDM's pin.
    rows.push(at % 2 === 0 ? { ...device, identity_cert: encodePem("CERTIFICATE", certificate.raw) } : device);
    rows.push(
      {
        table: "enrollments",
        id: udid,
        device_id: udid,
        type: "Device",
        topic,
        push_magic: "magic",
        token_hex: "abcd",
        enabled: at === 7 ? 0 : 1,
        token_update_tally: 4,
        last_seen_at: "2026-11-01 00:00:00",
      },
      { table: "cert_auth_associations", id: udid, sha256: "00".repeat(32), created_at: "2025-01-01 00:00:00" },
      {
        table: "cert_auth_associations",
        id: udid,
        sha256: createHash("sha256").update(certificate.raw).digest("hex"),
        created_at: "2026-01-01 00:00:00",
      },
    );
  }
  const first = macs[0]!;
  rows.push(
    {
      table: "users",
      id: `${first.udid}:U1`,
      device_id: first.udid,
      user_short_name: "ann",
      user_long_name: "Ann",
    },
    {
      table: "enrollments",
      id: `${first.udid}:U1`,
      device_id: first.udid,
      user_id: `${first.udid}:U1`,
      type: "User",
      topic,
      push_magic: "um",
      token_hex: "beef",
      enabled: 1,
      last_seen_at: "2026-11-01 00:00:00",
    },
  );
  writeFileSync(file("rows.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  writeFileSync(file("ca.pem"), pem(ca));
  const payload = {
    PayloadType: "com.apple.mdm",
    PayloadIdentifier: "nano.mdm",
    PayloadUUID: "A",
    ServerURL: "https://old/mdm",
    Topic: topic,
    AccessRights: 8191,
  };
  writeFileSync(
    file("enroll.mobileconfig"),
    buildXmlPlist({ PayloadIdentifier: "nano", PayloadUUID: "B", PayloadContent: [payload] }),
  );

  const made = await pomona(
    "convert-nanomdm",
    "--rows",
    file("rows.jsonl"),
    "--ca",
    file("ca.pem"),
    "--profile",
    file("enroll.mobileconfig"),
    "--to",
    file("moving.jsonl"),
  );
  assert.match(made.stderr, /120 enrollments/);
  assert.match(made.stderr, /left behind: commands/);
  assert.equal(statSync(file("moving.jsonl")).mode & 0o777, 0o600);
  writeFileSync(
    file("moving.jsonl"),
    `${readFileSync(file("moving.jsonl"), "utf8")}{"kind":"enrollment","identifier":"X"}\n`,
  );

  const args = ["import", "--server", server.consoleUrl, "--ca", server.caFile, "--from", file("moving.jsonl")];
  const dry = await pomona(...args, "--dry-run");
  assert.match(dry.stderr, /122 would come over, 0 were here already, 2 cannot come over/);
  assert.match(dry.stdout, /the line is not a record/);
  assert.match(dry.stdout, /it has left the old server/);
  assert.equal((await api.call(showMovingIn, {})).imported, 0);
  assert.equal(await poll(first.udid, first), 403);

  const done = await pomona(...args);
  assert.equal(done.stdout, dry.stdout);
  assert.match(done.stderr, /122 came over/);
  const again = await pomona(...args);
  assert.match(again.stderr, /0 came over, 122 were here already, 2 cannot come over/);
  assert.equal((await api.call(showMovingIn, {})).imported, 119);
  for (const mac of macs.slice(0, 3)) assert.equal(await poll(mac.udid, mac), 200);
  assert.equal(await poll(macs[7]!.udid, macs[7]!), 403);
  assert.equal(await poll(first.udid, macs[1]!), 403);
  const { items } = await api.call(listDevices, { q: "C02MOVE0", limit: 5 });
  assert.deepEqual([items[0]?.name, items[0]?.osVersion], ["Mac 0", "15.2"]);
});
