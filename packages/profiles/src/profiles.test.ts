import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { getArray, getDictionary, isDictionary, type PlistDictionary, parsePlist } from "@pomona/plist";
import {
  buildEnrollmentProfile,
  buildMobileconfig,
  ChangedTerms,
  fullDiskAccessPayload,
  managedPreferencesPayload,
  serviceManagementPayload,
} from "./index.ts";

const U = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const spec = {
  identifier: "io.pomona.enrollment.t",
  organization: "Acme & Söhne",
  uuids: { profile: U(1), mdm: U(2), identity: U(3), roots: [U(4)], intermediates: [U(5)] },
  rootCertificates: [Uint8Array.of(1, 2)],
  intermediateCertificates: [Uint8Array.of(3)],
  identity: {
    method: "scep" as const,
    url: "https://h/scep/t",
    challenge: "once",
    subject: [["CN", "e"]] as const,
    caFingerprint: Uint8Array.of(9),
    name: "Pomona",
  },
  mdm: { serverUrl: "https://h/mdm", checkInUrl: "https://h/checkin", topic: "com.apple.mgmt.x" },
};
const payloads = (bytes: Uint8Array): readonly PlistDictionary[] => {
  const profile = parsePlist(bytes);
  assert.ok(isDictionary(profile));
  return (getArray(profile, "PayloadContent") ?? []).filter(isDictionary);
};

test("an enrollment profile holds roots, an identity by SCEP and the MDM payload that uses it", () => {
  const [root, issuer, scep, mdm] = payloads(buildEnrollmentProfile(spec));
  assert.equal(root!["PayloadType"], "com.apple.security.root");
  assert.equal(issuer!["PayloadType"], "com.apple.security.pkcs1");
  const content = getDictionary(scep!, "PayloadContent")!;
  assert.deepEqual(
    [content["Challenge"], content["Keysize"], content["Key Type"], content["Key Usage"], content["Subject"]],
    ["once", 2048, "RSA", 5, [[["CN", "e"]]]],
  );
  assert.equal(mdm!["IdentityCertificateUUID"], scep!["PayloadUUID"]);
  assert.equal(mdm!["SignMessage"], true);
  assert.equal(mdm!["CheckOutWhenRemoved"], true);
  assert.equal(mdm!["AccessRights"], 8191);
  assert.deepEqual(mdm!["ServerCapabilities"], [
    "com.apple.mdm.per-user-connections",
    "com.apple.mdm.bootstraptoken",
    "com.apple.mdm.token",
  ]);
});

test("an enrollment profile with ACME asks for an attested key in the hardware, and the MDM payload uses it", () => {
  const identity = {
    method: "acme" as const,
    directoryUrl: "https://h/acme/t/directory",
    clientIdentifier: "once",
    subject: [["CN", "e"]] as const,
  };
  const [, , acme, mdm] = payloads(buildEnrollmentProfile({ ...spec, identity }));
  assert.equal(acme!["PayloadType"], "com.apple.security.acme");
  const keys = ["DirectoryURL", "ClientIdentifier", "KeyType", "KeySize", "HardwareBound", "Attest", "Subject"];
  assert.deepEqual(
    keys.map((key) => acme![key]),
    ["https://h/acme/t/directory", "once", "ECSECPrimeRandom", 384, true, true, [[["CN", "e"]]]],
  );
  assert.equal(mdm!["IdentityCertificateUUID"], acme!["PayloadUUID"]);
});

test("an update of the MDM payload that the Mac would reject is refused: another topic or URL, a right more, no user channels", () => {
  const terms = { ...spec.mdm, accessRights: 4095, capabilities: ["com.apple.mdm.per-user-connections"] };
  const build = (changes: object) => () =>
    buildEnrollmentProfile({ ...spec, mdm: { ...terms, ...changes }, replaces: terms });
  assert.ok(build({})());
  assert.ok(build({ accessRights: 1 })(), "a right less is allowed");
  assert.ok(build({ capabilities: [...terms.capabilities, "com.apple.mdm.token"] })(), "so is a capability more");
  for (const [changes, word] of [
    [{ topic: "com.apple.mgmt.y" }, /Topic/],
    [{ serverUrl: "https://other/mdm" }, /ServerURL/],
    [{ checkInUrl: "https://other/checkin" }, /CheckInURL/],
    [{ accessRights: 8191 }, /AccessRights/],
    [{ capabilities: [] }, /per-user-connections/],
  ] as const)
    assert.throws(build(changes), (error) => error instanceof ChangedTerms && word.test(error.message));
});

test("the same specification gives the same bytes, and each payload has an identity of its own", () => {
  const bytes = buildEnrollmentProfile(spec);
  assert.deepEqual(bytes, buildEnrollmentProfile(spec));
  const uuids = payloads(bytes).map((payload) => payload["PayloadUUID"]);
  assert.equal(new Set(uuids).size, uuids.length);
});

test("a certificate without a payload UUID is refused", () => {
  assert.throws(() => buildEnrollmentProfile({ ...spec, uuids: { ...spec.uuids, roots: [] } }), RangeError);
});

test("the agent's payloads say Full Disk Access, background items and settings in Apple's words", () => {
  const identity = (n: number) => ({ identifier: `io.pomona.${n}`, uuid: U(n), displayName: `Part ${n}` });
  const profile = buildMobileconfig({
    ...identity(1),
    organization: "Acme",
    description: "",
    payloads: [
      fullDiskAccessPayload(identity(2), [{ identity: { path: "/x/pomona-agent" }, codeRequirement: "identifier x" }]),
      serviceManagementPayload(identity(3), [{ label: "io.pomona.agent", comment: "agent" }, { teamId: "ABCDE12345" }]),
      managedPreferencesPayload(identity(4), "io.pomona.agent", { Nudge: "1" }),
    ],
  });
  const [pppc, services, settings] = payloads(profile);
  const grants = getArray(getDictionary(pppc!, "Services")!, "SystemPolicyAllFiles")!;
  assert.deepEqual(
    { ...(grants[0] as PlistDictionary) },
    {
      Identifier: "/x/pomona-agent",
      IdentifierType: "path",
      CodeRequirement: "identifier x",
      StaticCode: false,
      Authorization: "Allow",
    },
  );
  assert.deepEqual(
    getArray(services!, "Rules")!.map((rule) => ({ ...(rule as PlistDictionary) })),
    [
      { RuleType: "Label", RuleValue: "io.pomona.agent", Comment: "agent" },
      { RuleType: "TeamIdentifier", RuleValue: "ABCDE12345" },
    ],
  );
  assert.equal(settings!["PayloadType"], "io.pomona.agent");
  assert.equal(settings!["Nudge"], "1");
});

test("Python's plistlib reads an enrollment profile", () => {
  const script =
    "import plistlib,sys;p=plistlib.loads(sys.stdin.buffer.read());print(p['PayloadOrganization'],[x['PayloadType'] for x in p['PayloadContent']][-1])";
  const said = execFileSync("python3", ["-c", script], {
    input: buildEnrollmentProfile(spec),
    encoding: "utf8",
    env: { ...process.env, PYTHONIOENCODING: "utf8" },
  });
  assert.equal(said.trim(), "Acme & Söhne com.apple.mdm");
});
