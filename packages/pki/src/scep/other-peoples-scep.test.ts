import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { crypto, day, deviceExtensions, makeRoot, now } from "../../testing/actors.ts";
import { temporaryFolder } from "../../testing/openssl.ts";
import { equalBytes, toHex } from "../bytes.ts";
import { createCertificateRequest } from "../csr/create-certificate-request.ts";
import { decodePem } from "../pem.ts";
import { issueCertificate } from "../x509/issue-certificate.ts";
import { parseCertificate } from "../x509/parse-certificate.ts";
import { buildCertRepFailure, buildCertRepSuccess } from "./build-cert-rep.ts";
import { buildPkcsReq, buildRenewalReq } from "./build-request.ts";
import { parseCertRep } from "./parse-cert-rep.ts";
import { parsePkiMessage } from "./parse-pki-message.ts";

const run = promisify(execFile);
const folder = temporaryFolder();
const has = (program: string) => spawnSync(program, ["-version"], { stdio: "ignore" }).error === undefined;
const missing = (program: string) => (has(program) ? false : `${program} is not installed (Debian package "scep")`);

test("scepclient enrolls, renews, and is refused with a used challenge", { skip: missing("scepclient") }, async (t) => {
  const ca = makeRoot("rsa-2048", { subject: { CN: "SCEP CA" } });
  const challenges = new Set(["once"]);
  const log: string[] = [];
  const url = await serve(
    t,
    (message) => {
      const result = parsePkiMessage(crypto, message, { caCertificate: ca.certificate, caKey: ca.key, allowDes: true });
      assert.ok(result.ok, `the request of scepclient is refused: ${result.ok ? "" : result.reason}`);
      const { request } = result;
      const isKnown = equalBytes(request.signerCertificate.issuer.der, ca.certificate.subject.der);
      const isAllowed =
        request.messageType === "RenewalReq" ? isKnown : challenges.delete(request.challengePassword ?? "");
      log.push(`${request.messageType} ${request.cipher} ${isAllowed}`);
      if (!isAllowed) return buildCertRepFailure(crypto, { request, signer: ca, failInfo: "badRequest" });
      const { subject, spki } = request.csr;
      const certificate = issueCertificate(crypto, {
        issuer: ca,
        subject,
        spki,
        notBefore: now - day,
        notAfter: now + 10 * day,
        extensions: deviceExtensions,
      });
      return buildCertRepSuccess(crypto, { request, signer: ca, certificate });
    },
    ca.certificate.raw,
  );
  const enroll = (name: string) =>
    run(
      "scepclient",
      [
        "-server-url",
        url,
        "-challenge",
        "once",
        "-private-key",
        `${name}.key`,
        "-certificate",
        `${name}.pem`,
        "-cn",
        name,
      ],
      { cwd: folder, timeout: 60_000 },
    );

  await enroll("mac1");
  const first = readCertificate("mac1.pem");
  assert.equal(first.subject.rdns.flat().find(({ type }) => type === "CN")?.value, "mac1");
  await enroll("mac1");
  await assert.rejects(enroll("mac2"), (error: { stdout?: string }) =>
    /failInfo: badRequest \(2\)/.test(error.stdout ?? ""),
  );
  assert.match(log.join("\n"), /^PKCSReq \S+ true\nRenewalReq \S+ true\nPKCSReq \S+ false$/);
});

test("scepserver issues and renews for our client half", { skip: missing("scepserver") }, async (t) => {
  await run("scepserver", ["ca", "-init", "-depot", "depot", "-key-password", "", "-keySize", "2048"], {
    cwd: folder,
    timeout: 60_000,
  });
  const port = await freePort();
  const server = spawn(
    "scepserver",
    ["-depot", "depot", "-port", String(port), "-challenge", "secret", "-allowrenew", "0"],
    { cwd: folder, stdio: "ignore" },
  );
  t.after(() => server.kill("SIGKILL"));
  const url = `http://127.0.0.1:${port}/scep`;
  const caCertificate = parseCertificate(await answering(`${url}?operation=GetCACert`));
  const post = async (body: Uint8Array) => {
    const response = await fetch(`${url}?operation=PKIOperation`, {
      method: "POST",
      body: new Uint8Array(body),
      headers: { "content-type": "application/x-pki-message" },
    });
    return new Uint8Array(await response.arrayBuffer());
  };

  const mac = makeRoot("rsa-2048", { subject: { CN: "Mac" }, extensions: deviceExtensions });
  const request = (challengePassword: string) =>
    buildPkcsReq(crypto, {
      csr: createCertificateRequest(crypto, mac.key, { subject: { CN: "Mac", O: "Acme" }, challengePassword }),
      signer: mac,
      caCertificate,
    });
  const wrong = request("wrong");
  assert.deepEqual(
    parseCertRep(crypto, await post(wrong.der), { request: wrong, signer: mac, caCertificate, allowDes: true }),
    { status: "failure", failInfo: "badRequest" },
  );
  const sent = request("secret");
  const reply = parseCertRep(crypto, await post(sent.der), {
    request: sent,
    signer: mac,
    caCertificate,
    allowDes: true,
  });
  assert.ok(reply.status === "success");
  const [certificate] = reply.certificates;
  assert.ok(certificate);
  assert.equal(toHex(certificate.spki), toHex(mac.certificate.spki));

  const signer = { certificate, key: mac.key };
  const csr = createCertificateRequest(crypto, mac.key, {
    subject: { CN: "Mac", O: "Acme" },
    challengePassword: "secret",
  });
  const renewal = buildRenewalReq(crypto, { csr, signer, caCertificate });
  const renewed = parseCertRep(crypto, await post(renewal.der), {
    request: renewal,
    signer,
    caCertificate,
    allowDes: true,
  });
  assert.ok(renewed.status === "success");
  assert.notEqual(renewed.certificates[0]?.serialHex, certificate.serialHex);
});

function readCertificate(name: string) {
  const [block] = decodePem(readFileSync(join(folder, name), "utf8"), "CERTIFICATE");
  assert.ok(block);
  return parseCertificate(block.der);
}

/** A SCEP server of a few lines on an ephemeral port. */
async function serve(
  t: TestContext,
  operate: (message: Uint8Array) => Uint8Array,
  caCertificate: Uint8Array,
): Promise<string> {
  const server: Server = createServer((request, response) => {
    const query = new URL(request.url ?? "", "http://x").searchParams;
    const operation = query.get("operation");
    const send = (type: string, body: Uint8Array | string) =>
      response.writeHead(200, { "content-type": type }).end(body);
    if (operation === "GetCACaps")
      send("text/plain", "Renewal\nSHA-1\nSHA-256\nAES\nDES3\nSCEPStandard\nPOSTPKIOperation\n");
    else if (operation === "GetCACert") send("application/x-x509-ca-cert", caCertificate);
    else
      readBody(request).then(
        (body) => send("application/x-pki-message", operate(body)),
        () => response.destroy(),
      );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/scep`;
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function freePort(): Promise<number> {
  const probe = createSocketServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

async function answering(url: string): Promise<Uint8Array> {
  for (let tries = 0; ; tries++) {
    try {
      return new Uint8Array(await (await fetch(url)).arrayBuffer());
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(100);
    }
  }
}
