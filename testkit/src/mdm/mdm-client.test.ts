import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import {
  getArray,
  getData,
  getDictionary,
  getString,
  isDictionary,
  type PlistDictionary,
  parsePlist,
} from "@pomona/plist";
import { makeMacModel } from "../model/make-mac-model.ts";
import { mobileconfig, payload, TOPIC } from "../testing/enrollment-mobileconfig.ts";
import { type FakeMdmServer, type SeenRequest, startFakeMdmServer } from "../testing/fake-mdm-server.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { VirtualMac } from "../virtual-mac/virtual-mac.ts";

const run = promisify(execFile);

describe("a virtual Mac's management client", () => {
  let server: FakeMdmServer;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let mac: VirtualMac;

  before(async () => {
    folder = await temporaryFolder();
    server = await startFakeMdmServer();
    mac = await VirtualMac.open({ folder: join(folder.path, "mac"), model: makeMacModel(1), agentMode: "none" });
    await mac.enroll(server.invitation, { ca: server.ca.rootPem });
  });
  after(async () => {
    await mac.close();
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const reportOf = async (command: PlistDictionary): Promise<PlistDictionary> => {
    const uuid = server.queue(command);
    await mac.mdm.connect();
    const found = server.reports.findLast((report) => getString(report, "CommandUUID") === uuid);
    assert.ok(found);
    return found;
  };
  const requestsTo = (path: string): SeenRequest[] => server.seen.filter((request) => request.path === path);

  it("checks in with Authenticate and then TokenUpdate, by PUT, as a check-in", () => {
    const [first, second] = requestsTo("/checkin");
    assert.equal(first?.method, "PUT");
    assert.equal(first?.contentType, "application/x-apple-aspen-mdm-checkin");
    const messages = [first, second].map((request) => parsePlist(request?.body ?? Buffer.alloc(0)));
    assert.deepEqual(
      messages.map((message) => isDictionary(message) && getString(message, "MessageType")),
      ["Authenticate", "TokenUpdate"],
    );
    assert.equal(getString(server.checkIns[0] ?? {}, "SerialNumber"), mac.model.serialNumber);
    assert.equal(getString(server.checkIns[1] ?? {}, "Topic"), TOPIC);
    assert.equal(getData(server.checkIns[1] ?? {}, "Token")?.length, 32);
  });

  it("signs every message so that openssl verifies it against the certificate that SCEP issued", async () => {
    const requests = [...requestsTo("/checkin"), ...requestsTo("/mdm")];
    assert.ok(requests.length >= 2);
    const caFile = join(folder.path, "ca.pem");
    await writeFile(caFile, server.ca.rootPem);
    for (const [index, request] of requests.entries()) {
      const content = join(folder.path, `body-${index}`);
      const signature = join(folder.path, `signature-${index}`);
      await writeFile(content, request.body);
      await writeFile(signature, Buffer.from(request.signature ?? "", "base64"));
      const args = [
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        signature,
        "-content",
        content,
        "-CAfile",
        caFile,
      ];
      await run("openssl", [...args, "-purpose", "any", "-out", "/dev/null"]);
      await writeFile(content, `${request.body.toString()} `);
      await assert.rejects(run("openssl", [...args, "-purpose", "any", "-out", "/dev/null"]));
    }
  });

  it("asks for its certificate with a PKCSReq that openssl can open, holding the challenge", async () => {
    const request = server.seen.find((entry) => entry.path.includes("PKIOperation"));
    const path = (name: string): string => join(folder.path, name);
    await writeFile(path("request.der"), request?.body ?? Buffer.alloc(0));
    await writeFile(path("ca-key.pem"), server.ca.rootKeyPem);
    await writeFile(path("ca-cert.pem"), server.ca.rootPem);
    await run("openssl", [
      "cms",
      "-verify",
      "-noverify",
      "-inform",
      "DER",
      "-in",
      path("request.der"),
      "-out",
      path("envelope.der"),
    ]);
    const recipient = ["-recip", path("ca-cert.pem"), "-inkey", path("ca-key.pem")];
    await run("openssl", [
      "cms",
      "-decrypt",
      "-inform",
      "DER",
      "-in",
      path("envelope.der"),
      ...recipient,
      "-out",
      path("csr.der"),
    ]);
    const { stdout } = await run("openssl", [
      "req",
      "-inform",
      "DER",
      "-in",
      path("csr.der"),
      "-noout",
      "-text",
      "-verify",
    ]);
    assert.match(stdout, /Subject: O\s?= ?Test, CN\s?= ?a Mac/);
    assert.match(stdout, /challengePassword/);
    const attributes = await run("openssl", ["asn1parse", "-inform", "DER", "-in", path("request.der")]);
    for (const oid of ["2.16.840.1.113733.1.9.2", "2.16.840.1.113733.1.9.5", "2.16.840.1.113733.1.9.7"]) {
      assert.ok(attributes.stdout.includes(oid), oid);
    }
  });

  it("answers DeviceInformation from its model, and only what a Mac has", async () => {
    const report = await reportOf({
      RequestType: "DeviceInformation",
      Queries: ["UDID", "DeviceName", "OSVersion", "IMEI", "Model"],
    });
    const answers = getDictionary(report, "QueryResponses") ?? {};
    assert.deepEqual(Object.keys(answers).toSorted(), ["DeviceName", "Model", "OSVersion", "UDID"]);
    assert.equal(answers["DeviceName"], mac.model.name);
  });

  it("answers SecurityInfo, the application list, the profile list and the certificate list", async () => {
    const security = await reportOf({ RequestType: "SecurityInfo" });
    assert.equal(getDictionary(security, "SecurityInfo")?.["FDE_Enabled"], mac.model.fileVault);
    const applications = await reportOf({ RequestType: "InstalledApplicationList" });
    assert.equal(getArray(applications, "InstalledApplicationList")?.length, mac.model.applications.length);
    const profiles = await reportOf({ RequestType: "ProfileList" });
    const [enrollment] = getArray(profiles, "ProfileList") ?? [];
    assert.equal(isDictionary(enrollment) && getString(enrollment, "PayloadIdentifier"), "test.enrollment");
    const certificates = await reportOf({ RequestType: "CertificateList" });
    const identities = (getArray(certificates, "CertificateList") ?? []).filter(
      (entry) => isDictionary(entry) && entry["IsIdentity"] === true,
    );
    assert.equal(identities.length, 1);
  });

  it("says Error 12021 to a command that it does not know, and CommandFormatError to one without what it needs", async () => {
    const unknown = await reportOf({ RequestType: "ReheatCoffee" });
    assert.equal(getString(unknown, "Status"), "Error");
    const [cause] = getArray(unknown, "ErrorChain") ?? [];
    assert.equal(isDictionary(cause) && cause["ErrorCode"], 12_021);
    assert.equal(getString(await reportOf({ RequestType: "DeviceInformation" }), "Status"), "CommandFormatError");
    assert.equal(getString(await reportOf({ RequestType: "DeviceLock", PIN: "12" }), "Status"), "CommandFormatError");
  });

  it("installs a settings profile where managed preferences lie, and removes them with it", async () => {
    const bytes = mobileconfig("test.settings", [
      payload("io.pomona.agent", { Nudge: "one", ServerURL: "https://127.0.0.1:1" }),
    ]);
    assert.equal(
      getString(await reportOf({ RequestType: "InstallProfile", Payload: bytes }), "Status"),
      "Acknowledged",
    );
    const path = "/Library/Managed Preferences/io.pomona.agent.plist";
    const written = parsePlist((await mac.body.root.read(path)) ?? new Uint8Array());
    assert.deepEqual({ ...(written as PlistDictionary) }, { Nudge: "one", ServerURL: "https://127.0.0.1:1" });
    assert.equal(
      getString(await reportOf({ RequestType: "RemoveProfile", Identifier: "test.settings" }), "Status"),
      "Acknowledged",
    );
    assert.equal(await mac.body.root.read(path), undefined);
    assert.equal(
      getString(await reportOf({ RequestType: "RemoveProfile", Identifier: "test.settings" }), "Status"),
      "Error",
    );
  });

  it("refuses profiles that macOS refuses, with an error chain", async () => {
    const entry = { Identifier: "io.pomona.agent", IdentifierType: "bundleID", Allowed: true };
    const pppc = (changes: PlistDictionary): Buffer =>
      mobileconfig("test.pppc", [
        payload("com.apple.TCC.configuration-profile-policy", {
          Services: { SystemPolicyAllFiles: [{ ...entry, ...changes }] },
        }),
      ]);
    for (const bytes of [
      Buffer.from("not a profile"),
      mobileconfig("test.twice", [payload("a.b", {}, "same"), payload("a.c", {}, "same")]),
      pppc({}),
      pppc({ CodeRequirement: "anchor apple", Authorization: "Allow" }),
    ]) {
      const report = await reportOf({ RequestType: "InstallProfile", Payload: bytes });
      assert.equal(getString(report, "Status"), "Error");
      assert.ok((getArray(report, "ErrorChain") ?? []).length >= 1);
    }
    assert.equal(
      getString(
        await reportOf({ RequestType: "InstallProfile", Payload: pppc({ CodeRequirement: "anchor apple" }) }),
        "Status",
      ),
      "Acknowledged",
    );
    assert.deepEqual(mac.model.profiles.at(-1)?.fullDiskAccess, ["io.pomona.agent"]);
  });

  it("says NotNow as often as asked, and then does the command", async () => {
    mac.sayNotNow(1);
    const uuid = server.queue({ RequestType: "SecurityInfo" });
    await mac.mdm.connect();
    await mac.mdm.connect();
    const said = server.reports
      .filter((report) => getString(report, "CommandUUID") === uuid)
      .map((report) => getString(report, "Status"));
    assert.deepEqual(said, ["NotNow", "Acknowledged"]);
  });

  it("asks again by itself when it could not before and now can", async () => {
    const ready = Promise.withResolvers<void>();
    mac.sayNotNow(ready.promise);
    const uuid = server.queue({ RequestType: "SecurityInfo" });
    await mac.mdm.connect();
    const commands = mac.journal.entries.length;
    ready.resolve();
    while (
      !server.reports.some(
        (report) => getString(report, "CommandUUID") === uuid && getString(report, "Status") === "Acknowledged",
      )
    ) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.ok(mac.journal.entries.length > commands);
  });

  it("sends the same report twice when the response was lost, and asks again when the report was lost", async () => {
    mac.dropNextAnswer("response");
    const twice = server.queue({ RequestType: "SecurityInfo" });
    await mac.mdm.connect();
    assert.equal(server.reports.filter((report) => getString(report, "CommandUUID") === twice).length, 2);
    mac.dropNextAnswer("report");
    const again = server.queue({ RequestType: "SecurityInfo" });
    const before = server.reports.length;
    await mac.mdm.connect();
    const since = server.reports
      .slice(before)
      .map((report) => [getString(report, "Status"), getString(report, "CommandUUID") === again]);
    assert.deepEqual(since, [
      ["Idle", false],
      ["Idle", false],
      ["Acknowledged", true],
    ]);
  });

  it("escrows its bootstrap token at the first login of a user with a secure token, and gets it back", async () => {
    const user = mac.model.users.find((candidate) => candidate.hasSecureToken);
    await mac.login(user?.name ?? "");
    assert.equal(Buffer.from((await mac.mdm.getBootstrapToken()) ?? []).toString("base64"), mac.model.bootstrapToken);
    await mac.mdm.setBootstrapToken(new Uint8Array());
    assert.equal(await mac.mdm.getBootstrapToken(), undefined);
  });

  it("renews its identity when the same MDM payload comes again, and keeps its push token", async () => {
    const checkIns = server.checkIns.length;
    const report = await reportOf({ RequestType: "InstallProfile", Payload: server.profile() });
    assert.equal(getString(report, "Status"), "Acknowledged");
    const since = server.checkIns.slice(checkIns);
    assert.deepEqual(
      since.map((message) => getString(message, "MessageType")),
      ["Authenticate", "TokenUpdate"],
    );
    assert.deepEqual(getData(since[1] ?? {}, "Token"), getData(server.checkIns[1] ?? {}, "Token"));
    assert.equal(server.issued.length, 2);
    const wrong = await reportOf({
      RequestType: "InstallProfile",
      Payload: server.profile({ Topic: "com.apple.mgmt.External.other" }),
    });
    assert.equal(getString(wrong, "Status"), "Error");
  });

  it("is still enrolled after a loss of power, and again when it is opened from its disk", async () => {
    await mac.losePower();
    await mac.boot();
    assert.equal(getString(await reportOf({ RequestType: "SecurityInfo" }), "Status"), "Acknowledged");
    await mac.close();
    mac = await VirtualMac.open({ folder: join(folder.path, "mac"), agentMode: "none" });
    assert.equal(getString(await reportOf({ RequestType: "SecurityInfo" }), "Status"), "Acknowledged");
  });

  it("comes again by itself after a server error", async () => {
    server.answers.push({ status: 500 }, { status: 503 });
    const uuid = server.queue({ RequestType: "SecurityInfo" });
    await mac.mdm.connect();
    while (!server.reports.some((report) => getString(report, "CommandUUID") === uuid)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  it("says CheckOut when its user removes management, and forgets all of it", async () => {
    await mac.unenroll();
    assert.equal(getString(server.checkIns.at(-1) ?? {}, "MessageType"), "CheckOut");
    assert.equal(mac.isEnrolled, false);
    assert.deepEqual(mac.model.profiles, []);
    await mac.enroll(server.invitation, { ca: server.ca.rootPem });
  });

  it("unenrolls itself on 401, and on 403 only with Apple's code", async () => {
    server.answers.push({ status: 403, body: "go away" });
    await mac.mdm.connect();
    assert.equal(mac.isEnrolled, true);
    server.answers.push({ status: 401 });
    await mac.mdm.connect();
    assert.equal(mac.isEnrolled, false);
  });
});

describe("a virtual Mac that shows a client certificate", () => {
  it("needs no signature header", async () => {
    await using folder = await temporaryFolder();
    await using server = await startFakeMdmServer({ requestCert: true });
    await using mac = await VirtualMac.open({
      folder: join(folder.path, "mac"),
      agentMode: "none",
      identityMode: "client-certificate",
    });
    await mac.enroll(server.invitation, { ca: server.ca.rootPem });
    const checkIn = server.seen.find((request) => request.path === "/checkin");
    assert.equal(checkIn?.signature, undefined);
    assert.deepEqual(checkIn?.clientCertificate, Buffer.from(server.issued[0] ?? []));
  });
});

describe("an enrollment that the server does not want", () => {
  it("fails with the reason, and leaves nothing behind", async () => {
    await using folder = await temporaryFolder();
    await using server = await startFakeMdmServer();
    await using mac = await VirtualMac.open({ folder: join(folder.path, "mac"), agentMode: "none" });
    server.answers.push({ status: 400 });
    await assert.rejects(mac.enroll(server.invitation, { ca: server.ca.rootPem }), /400/);
    assert.equal(mac.isEnrolled, false);
    assert.deepEqual(mac.model.profiles, []);
  });
});
