import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import https from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import {
  createInvitation,
  createToken,
  listCommands,
  listDevices,
  placeOrder,
  showOrder,
  uploadPushCertificate,
} from "@pomona/contract";
import { createCertificateRequest, encodePem } from "@pomona/pki";
import { generateKeyPair, nodeCrypto, privateKeyToPem } from "@pomona/pki/node";
import { openApiClient, startApnsReceiver, VirtualMac } from "@pomona/testkit";
import { everythingReadable, everythingStored } from "./census.ts";
import { firstToken, startServerProcess } from "./server-process.ts";
import { eventually } from "./stage.ts";

/** A piece of text that is nowhere but where it was put. */
const plant = (what: string) => `planted-${what}-${"0123456789abcdef".repeat(2)}`;

/** First trust as it looks: tenant, device and the secret part. */
const AGENT_TOKEN = /[0-9a-f-]{36}\.[0-9a-f-]{36}\.[A-Za-z0-9_-]{43}/;

function download(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { ca, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("latin1").on("data", (part: string) => (text += part));
      answer.on("end", () => resolve(text));
    });
    request.on("error", reject);
  });
}

test("no secret is in the log, in any answer, in the audit trail or readable on disk", {
  timeout: 180_000,
}, async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "pomona-secrets-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const apns = await startApnsReceiver();
  t.after(() => apns.stop());
  await writeFile(path.join(folder, "apns.pem"), apns.authority.rootPem);
  const data = path.join(folder, "server");
  let printed = "";
  const server = await startServerProcess(
    {
      POMONA_DATA: data,
      POMONA_APNS_URL: apns.url,
      POMONA_APNS_CA: path.join(folder, "apns.pem"),
      POMONA_API_PORT: "0",
      POMONA_DEVICE_PORT: "0",
      POMONA_AGENT_PORT: "0",
      POMONA_LOG_LEVEL: "debug",
    },
    (text) => (printed += text),
  );
  t.after(() => server.stop());
  const ca = await readFile(server.caFile, "utf8");
  const token = await firstToken(server);
  const api = openApiClient({ apiUrl: server.apiUrl, ca, token });

  const key = generateKeyPair("rsa-2048");
  const csr = encodePem(
    "CERTIFICATE REQUEST",
    createCertificateRequest(nodeCrypto(), key, { subject: { CN: "push" } }),
  );
  const privateKey = privateKeyToPem(key);
  await api.call(uploadPushCertificate, { certificate: apns.authority.sign(csr).certificatePem, privateKey });
  const { url } = await api.call(createInvitation, { name: "census", maxUses: 2 });
  const challenge = /<key>Challenge<\/key>\s*<string>([^<]+)</.exec(await download(`${url}/profile`, ca))![1]!;
  const mac = await VirtualMac.open({
    folder: path.join(folder, "mac"),
    apns,
    agentMode: "process",
    launchdThrottleMs: 200,
    keyCacheDir: path.join(tmpdir(), "pomona-walk-keys"),
  });
  t.after(() => mac.close());
  await mac.enroll(url, { ca });
  const device = await eventually(
    "the agent is online",
    async () => (await api.call(listDevices, {})).items.find((item) => item.agent.online),
    60_000,
  );
  const deviceId = device.id;
  const [script, word, spare] = [plant("script"), plant("argument"), plant("spare-argument")];
  const place = (words: string[]) =>
    api.call(placeOrder, {
      deviceId,
      type: "run-script",
      input: { script: `#!/bin/sh\n# ${script}\ntest -n "$1"\n`, arguments: words },
    });
  const { id: orderId } = await place([word]);
  await eventually("the script has run", async () =>
    (await api.call(showOrder, { orderId })).state === "succeeded" ? true : undefined,
  );
  // What is refused is told to the log and to the trail, too.
  await assert.rejects(place(Array.from({ length: 10_000 }, () => spare)));
  await assert.rejects(api.call(createToken, { name: "refused", role: "auditor" }));
  const commandId = (await api.call(listCommands, { deviceId })).items[0]!.id;

  const secrets: Readonly<Record<string, string>> = {
    "API token": token,
    "sign-in link": server.signInLink!.split("/").at(-1)!,
    "invitation code": new URL(url).pathname.split("/").at(-1)!,
    "SCEP challenge": challenge,
    // Of the private exponent; the lines before it are the public modulus.
    "push key": privateKey.split("\n")[14]!,
    "script text": script,
    "script argument": word,
    "refused argument": spare,
  };
  const bootstrapToken = mac.model.bootstrapToken;
  const answers = await everythingReadable(api, { deviceId, orderId, commandId });
  await mac.close();
  api.close();
  await server.stop();
  const stored = await everythingStored(data);
  const shownLink = printed.split("\n").filter((line) => !line.includes("/sign-in/"));
  const places = { "the log": shownLink.join("\n"), "an answer": answers, "the disk": stored };
  for (const [where, text] of Object.entries(places)) {
    assert.ok(text.length > 100, `${where} was looked at`);
    for (const [what, secret] of Object.entries(secrets)) {
      assert.ok(secret.length >= 20, what);
      for (const form of [
        secret,
        Buffer.from(secret).toString("base64").slice(0, -4),
        Buffer.from(secret).toString("hex"),
      ])
        assert.ok(!text.includes(form), `${what} is in ${where}`);
    }
    if (bootstrapToken !== undefined) assert.ok(!text.includes(bootstrapToken), `the bootstrap token is in ${where}`);
    assert.ok(!AGENT_TOKEN.test(text), `a token of first trust is in ${where}`);
    assert.ok(!text.includes("PRIVATE KEY-----"), `a private key is in ${where}`);
  }
});
