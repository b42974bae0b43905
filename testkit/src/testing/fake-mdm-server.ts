import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { buildCertRepFailure, buildCertRepSuccess, EKU, issueCertificate, parsePkiMessage } from "@pomona/pki";
import { nodeCrypto } from "@pomona/pki/node";
import { buildXmlPlist, getData, getString, isDictionary, type PlistDictionary, parsePlist } from "@pomona/plist";
import { enrollmentMobileconfig } from "./enrollment-mobileconfig.ts";
import { makeTestCa, type TestCa } from "./test-ca.ts";

/** A request that a Mac made. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly contentType: string | undefined;
  readonly signature: string | undefined;
  /** DER that the TLS client showed. */
  readonly clientCertificate: Buffer | undefined;
  readonly body: Buffer;
}

/** As little of an MDM server as the client's tests need; it keeps every request. */
export interface FakeMdmServer extends AsyncDisposable {
  readonly url: string;
  readonly invitation: string;
  readonly ca: TestCa;
  readonly seen: SeenRequest[];
  /** Plists of check-ins by MessageType, and of reports. */
  readonly checkIns: PlistDictionary[];
  readonly reports: PlistDictionary[];
  /** DER of what SCEP issued. */
  readonly issued: Uint8Array[];
  /** @returns the CommandUUID */
  queue(command: PlistDictionary): string;
  /** Further files by path. */
  readonly files: Map<string, Buffer>;
  /** What the next check-in or poll is answered instead. */
  readonly answers: { status: number; body?: string }[];
  readonly challenges: Set<string>;
  /** Invitations that were made through the API. */
  readonly invitations: { readonly token: string; readonly body: string }[];
  profile(changes?: PlistDictionary): Buffer;
}

export async function startFakeMdmServer(options: { readonly requestCert?: boolean } = {}): Promise<FakeMdmServer> {
  const ca = await makeTestCa();
  const crypto = nodeCrypto();
  const seen: SeenRequest[] = [];
  const checkIns: PlistDictionary[] = [];
  const reports: PlistDictionary[] = [];
  const issued: Uint8Array[] = [];
  const commands: { uuid: string; command: PlistDictionary; isPostponed: boolean }[] = [];
  const files = new Map<string, Buffer>();
  const answers: { status: number; body?: string }[] = [];
  const challenges = new Set<string>();
  const invitations: { token: string; body: string }[] = [];
  let bootstrapToken: Uint8Array | undefined;

  const scep = (message: Buffer): Uint8Array => {
    const signer = ca.signer;
    const result = parsePkiMessage(crypto, message, { caCertificate: signer.certificate, caKey: signer.key });
    if (!result.ok) return buildCertRepFailure(crypto, { request: result.header, signer, failInfo: result.failInfo });
    const { request } = result;
    if (!challenges.delete(request.challengePassword ?? "")) {
      return buildCertRepFailure(crypto, { request, signer, failInfo: "badRequest" });
    }
    const certificate = issueCertificate(crypto, {
      issuer: signer && { certificate: signer.certificate, key: signer.key },
      subject: { CN: `MDM ${issued.length}` },
      spki: request.csr.spki,
      notBefore: Date.now() - 60_000,
      notAfter: Date.now() + 86_400_000,
      extensions: { extendedKeyUsage: [EKU.clientAuth], keyUsage: ["digitalSignature", "keyEncipherment"] },
    });
    issued.push(certificate);
    return buildCertRepSuccess(crypto, { request, signer, certificate });
  };

  const checkIn = (message: PlistDictionary): Buffer => {
    checkIns.push(message);
    if (getString(message, "MessageType") === "SetBootstrapToken") bootstrapToken = getData(message, "BootstrapToken");
    if (getString(message, "MessageType") !== "GetBootstrapToken" || bootstrapToken === undefined)
      return Buffer.alloc(0);
    return Buffer.from(buildXmlPlist({ BootstrapToken: bootstrapToken }));
  };

  const poll = (report: PlistDictionary): Buffer => {
    reports.push(report);
    const uuid = getString(report, "CommandUUID");
    const at = commands.findIndex((entry) => entry.uuid === uuid);
    const status = getString(report, "Status");
    if (status === "Idle") for (const entry of commands) entry.isPostponed = false;
    const answered = commands[at];
    if (answered !== undefined && status === "NotNow") answered.isPostponed = true;
    else if (answered !== undefined) commands.splice(at, 1);
    const next = commands.find((entry) => !entry.isPostponed);
    return next === undefined
      ? Buffer.alloc(0)
      : Buffer.from(buildXmlPlist({ CommandUUID: next.uuid, Command: next.command }));
  };

  const profile = (changes?: PlistDictionary): Buffer => {
    const challenge = randomUUID();
    challenges.add(challenge);
    return enrollmentMobileconfig(ca, url, challenge, changes);
  };

  const route = (request: IncomingMessage, body: Buffer): { status: number; type?: string; body: Uint8Array } => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "https://localhost");
    if (pathname === "/enroll/code/profile")
      return { status: 200, type: "application/x-apple-aspen-config", body: profile() };
    if (pathname === "/api/v1/enrollment-invitations") {
      invitations.push({ token: request.headers.authorization ?? "", body: body.toString() });
      return {
        status: 201,
        type: "application/json",
        body: Buffer.from(JSON.stringify({ url: `${url}/enroll/code` })),
      };
    }
    if (pathname === "/scep") {
      const operation = searchParams.get("operation");
      if (operation === "GetCACaps")
        return { status: 200, type: "text/plain", body: Buffer.from("Renewal\nSHA-256\nAES\nPOSTPKIOperation\n") };
      if (operation === "GetCACert")
        return { status: 200, type: "application/x-x509-ca-cert", body: ca.signer.certificate.raw };
      return { status: 200, type: "application/x-pki-message", body: scep(body) };
    }
    const file = files.get(pathname);
    if (file !== undefined) return { status: 200, type: "application/octet-stream", body: file };
    const scripted = answers.shift();
    if (scripted !== undefined) return { status: scripted.status, body: Buffer.from(scripted.body ?? "") };
    if (pathname !== "/checkin" && pathname !== "/mdm") return { status: 404, body: Buffer.alloc(0) };
    const plist = parsePlist(body);
    if (!isDictionary(plist)) return { status: 400, body: Buffer.alloc(0) };
    return { status: 200, type: "application/xml", body: pathname === "/checkin" ? checkIn(plist) : poll(plist) };
  };

  const server = createServer(
    { ...ca.tls, ca: ca.rootPem, requestCert: options.requestCert ?? false, rejectUnauthorized: false },
    (request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const body = Buffer.concat(pieces);
        const certificate = (request.socket as TLSSocket).getPeerCertificate?.();
        seen.push({
          method: request.method ?? "",
          path: request.url ?? "",
          contentType: request.headers["content-type"],
          signature: request.headers["mdm-signature"]?.toString(),
          clientCertificate: certificate?.raw,
          body,
        });
        const answer = route(request, body);
        response.writeHead(answer.status, answer.type === undefined ? {} : { "Content-Type": answer.type });
        response.end(answer.body);
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    invitation: `${url}/enroll/code`,
    ca,
    seen,
    checkIns,
    reports,
    issued,
    files,
    answers,
    challenges,
    invitations,
    profile,
    queue: (command) => {
      const uuid = randomUUID();
      commands.push({ uuid, command, isPostponed: false });
      return uuid;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
