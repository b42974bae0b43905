import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from "node:http2";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { type ApnsReceiver, startApnsReceiver } from "./apns-receiver.ts";

const run = promisify(execFile);
const TOKEN = "ab".repeat(32);

interface Answer {
  readonly status: number;
  readonly reason: string | undefined;
  readonly apnsId: string | undefined;
}

describe("the APNs receiver", () => {
  let apns: ApnsReceiver;
  let session: ClientHttp2Session;
  let topic: string;
  let client: { readonly key: string; readonly cert: string };
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  const open = async (): Promise<ClientHttp2Session> => {
    const opened = connect(apns.url, { ca: apns.authority.rootPem, ...client });
    await new Promise((resolve, reject) => opened.once("connect", resolve).once("error", reject));
    return opened;
  };
  const push = (
    headers: Record<string, string | undefined> = {},
    body = '{"mdm":"MAGIC"}',
    on = session,
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const wanted: Record<string, string | undefined> = {
        ":method": "POST",
        ":path": `/3/device/${TOKEN}`,
        "apns-topic": topic,
        "apns-push-type": "mdm",
        "apns-priority": "10",
        "apns-expiration": String(Math.floor(Date.now() / 1000) + 600),
        ...headers,
      };
      const stream = on.request(Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)));
      let answered: IncomingHttpHeaders = {};
      let text = "";
      stream.on("response", (response) => {
        answered = response;
      });
      stream.on("data", (piece: Buffer) => {
        text += piece.toString();
      });
      stream.on("error", reject);
      stream.on("end", () => {
        const reason: unknown = text === "" ? undefined : (JSON.parse(text) as { reason?: string }).reason;
        resolve({
          status: Number(answered[":status"]),
          reason: typeof reason === "string" ? reason : undefined,
          apnsId: answered["apns-id"]?.toString(),
        });
      });
      stream.end(body);
    });

  before(async () => {
    folder = await temporaryFolder();
    apns = await startApnsReceiver();
    const [key, csr] = [join(folder.path, "key.pem"), join(folder.path, "csr.pem")];
    await run("openssl", [
      "req",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      key,
      "-out",
      csr,
      "-subj",
      "/CN=push/C=DE",
    ]);
    const signed = apns.authority.sign(await readFile(csr, "utf8"));
    topic = signed.topic;
    client = { key: await readFile(key, "utf8"), cert: signed.certificatePem };
    session = await open();
  });
  after(async () => {
    session.destroy();
    await apns.stop();
    await folder[Symbol.asyncDispose]();
  });

  it("signs a push certificate whose user ID is the topic, as openssl reads it", async () => {
    const file = join(folder.path, "cert.pem");
    await writeFile(file, client.cert);
    const { stdout } = await run("openssl", ["x509", "-noout", "-subject", "-nameopt", "RFC2253", "-in", file]);
    assert.ok(stdout.includes(`UID=${topic}`), stdout);
  });

  it("wakes the Mac whose token it is, and says 200 with an id", async () => {
    const magics: string[] = [];
    const registration = apns.register(TOKEN, topic, (magic) => magics.push(magic) > 0);
    const answer = await push();
    assert.equal(answer.status, 200);
    assert.match(answer.apnsId ?? "", /^[0-9A-F-]{36}$/);
    assert.deepEqual(magics, ["MAGIC"]);
    registration.unregister();
    assert.deepEqual([(await push()).status, (await push()).reason], [410, "Unregistered"]);
  });

  it("keeps the newest push for a Mac that is away, until it expires", async () => {
    let isAway = true;
    const magics: string[] = [];
    const registration = apns.register(TOKEN, topic, (magic) => !isAway && magics.push(magic) > 0);
    await push({}, '{"mdm":"older"}');
    await push({}, '{"mdm":"newer"}');
    isAway = false;
    registration.reconnect();
    registration.reconnect();
    assert.deepEqual(magics, ["newer"]);
    isAway = true;
    await push({ "apns-expiration": "0" }, '{"mdm":"now or never"}');
    isAway = false;
    registration.reconnect();
    assert.deepEqual(magics, ["newer"]);
    registration.unregister();
  });

  it("refuses what Apple refuses, with Apple's reasons", async () => {
    const registration = apns.register(TOKEN, topic, () => true);
    const cases: [Record<string, string | undefined>, string | undefined, number, string][] = [
      [{ "apns-topic": undefined }, undefined, 400, "MissingTopic"],
      [{ "apns-topic": "com.apple.mgmt.External.other" }, undefined, 400, "TopicDisallowed"],
      [{ "apns-push-type": "alert" }, undefined, 400, "InvalidPushType"],
      [{ "apns-push-type": undefined }, undefined, 400, "InvalidPushType"],
      [{ "apns-priority": "7" }, undefined, 400, "BadPriority"],
      [{ "apns-expiration": "soon" }, undefined, 400, "BadExpirationDate"],
      [{ ":path": "/3/device/xyz" }, undefined, 400, "BadDeviceToken"],
      [{ ":path": `/3/device/${"cd".repeat(32)}` }, undefined, 400, "BadDeviceToken"],
      [{ ":path": "/3/device/" }, undefined, 400, "MissingDeviceToken"],
      [{ ":path": "/2/device" }, undefined, 404, "BadPath"],
      [{ ":method": "PUT" }, undefined, 405, "MethodNotAllowed"],
      [{}, "", 400, "PayloadEmpty"],
      [{}, '{"aps":{},"mdm":"MAGIC"}', 400, "PayloadEmpty"],
      [{}, JSON.stringify({ mdm: "x".repeat(5000) }), 413, "PayloadTooLarge"],
    ];
    for (const [headers, body, status, reason] of cases) {
      const answer = await push(headers, body);
      assert.deepEqual([answer.status, answer.reason], [status, reason]);
    }
    registration.unregister();
  });

  it("does not let anybody in without a certificate of its authority", async () => {
    const stranger = connect(apns.url, { ca: apns.authority.rootPem });
    stranger.on("error", () => undefined);
    const refused = await new Promise<NodeJS.ErrnoException>((resolve) => {
      stranger.request({ ":path": "/" }).on("error", resolve);
    });
    assert.equal(refused.code, "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED");
    stranger.destroy();
  });

  it("fails as scripted: a reason, a slow answer, a reset, a GOAWAY with its reason", async () => {
    const registration = apns.register(TOKEN, topic, () => true);
    apns.script({ kind: "reason", reason: "TooManyRequests" }, { kind: "slow", delayMs: 30 }, { kind: "reset" });
    assert.deepEqual([(await push()).status, (await push()).status], [429, 200]);
    await assert.rejects(push());
    const other = await open();
    apns.script({ kind: "goaway", reason: "BadCertificate" });
    const goaway = new Promise<Buffer | undefined>((resolve) =>
      other.once("goaway", (_code, _last, data) => resolve(data)),
    );
    await push({}, undefined, other).catch(() => undefined);
    assert.deepEqual(JSON.parse((await goaway)?.toString() ?? "{}"), { reason: "BadCertificate" });
    other.destroy();
    assert.equal((await push()).status, 200);
    registration.unregister();
  });
});
