import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decodePem, encodePem, parseCertificate } from "@pomona/pki";
import { nodeCrypto } from "@pomona/pki/node";
import { buildXmlPlist } from "@pomona/plist";
import { derMutations, type FuzzTarget, fuzz, inBase64, searchBounds, xmlMutations } from "@pomona/testkit/fuzz";
import { judgePin } from "./judge-enrollment.ts";
import { readOldProfile } from "./old-profile.ts";

const pem = (name: string) => readFileSync(new URL(`../../../../../fixtures/pki/${name}`, import.meta.url), "latin1");
const derOf = (name: string) => decodePem(pem(name))[0]!.der;
const profile = {
  PayloadType: "Configuration",
  PayloadIdentifier: "com.example.mdm",
  PayloadUUID: "A",
  PayloadContent: [
    {
      PayloadType: "com.apple.mdm",
      PayloadIdentifier: "com.example.mdm.mdm",
      PayloadUUID: "B",
      ServerURL: "https://old.example/mdm",
      CheckInURL: "https://old.example/checkin",
      Topic: "com.apple.mgmt.External.1",
      AccessRights: 8191,
      ServerCapabilities: ["com.apple.mdm.per-user-connections"],
    },
  ],
};
const recordWith = (certificate: string) => ({
  kind: "enrollment" as const,
  identifier: "A",
  topic: "com.apple.mgmt.External.1",
  pushToken: "AA==",
  pushMagic: "magic",
  certificate,
});
/** Both of these answer in words and never throw. */
const isRefusal = (): boolean => false;
const watches = /features\/moving-in|packages\/profiles/;

test("no file makes the reader of the old server's profile fail, and what it reads has every part", async () => {
  const target: FuzzTarget = {
    name: "old-profile",
    seeds: [buildXmlPlist(profile), derOf("signed-two-signers.pem")],
    mutations: [...xmlMutations, ...derMutations],
    open: (bytes) => {
      const terms = readOldProfile(bytes);
      if (typeof terms === "string") assert.ok(terms.length > 0);
      else
        for (const text of [terms.serverUrl, terms.topic, ...Object.values(terms.installedAs ?? {})])
          assert.equal(typeof text, "string");
      return terms;
    },
    isRefusal,
    watches,
  };
  await fuzz(target, searchBounds(2));
});

test("no certificate of an export is taken for a Mac's but one that its issuer signed", async () => {
  const crypto = nodeCrypto();
  const ca = parseCertificate(derOf("ca.pem"));
  const own = new Set(
    ["rsa.pem", "ec.pem", "ca.pem"].map((name) => Buffer.from(parseCertificate(derOf(name)).tbs).toString("hex")),
  );
  const target: FuzzTarget = {
    name: "moving-certificate",
    seeds: ["rsa.pem", "ec.pem"].map((name) => Buffer.from(pem(name))),
    mutations: [inBase64(derMutations)],
    open: (bytes) => {
      const certificate = Buffer.from(bytes).toString("latin1");
      const verdict = judgePin(crypto, recordWith(certificate), [ca], Date.now());
      // What is around the signed part may be written in another way; the signed part may not.
      if (verdict.ok)
        assert.ok(own.has(Buffer.from(parseCertificate(decodePem(certificate)[0]!.der).tbs).toString("hex")));
      return verdict;
    },
    isRefusal,
    watches,
  };
  assert.ok(judgePin(crypto, recordWith(encodePem("CERTIFICATE", derOf("rsa.pem"))), [ca], Date.now()).ok);
  await fuzz(target, searchBounds(2));
});
