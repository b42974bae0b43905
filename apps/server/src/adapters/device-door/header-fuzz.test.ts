import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decodePem, parseCertificate } from "@pomona/pki";
import { nodeCrypto, privateKeyFromPem } from "@pomona/pki/node";
import { derMutations, type FuzzTarget, fuzz, inBase64, searchBounds } from "@pomona/testkit/fuzz";
import { MdmSignatures } from "./mdm-signature.ts";
import { certificateFromHeader } from "./proxy-certificate.ts";
import { mdmSignature } from "./testing/test-mac.ts";

const read = (name: string) => readFileSync(new URL(`../../../../../fixtures/pki/${name}`, import.meta.url), "latin1");
const body = new Uint8Array(Buffer.from(read("body.txt"), "latin1"));
const derOf = (name: string) => Buffer.from(decodePem(read(name))[0]!.der);
/** Both of these answer and never throw. */
const isRefusal = (): boolean => false;
const watches = /device-door\/(mdm-signature|proxy-certificate)|packages\/pki\/src/;

test("no Mdm-Signature makes its reader fail, none fits another body, and one signature written down otherwise is no other message", async () => {
  const signatures = new MdmSignatures(nodeCrypto());
  const identity = { certificate: parseCertificate(derOf("rsa.pem")), key: privateKeyFromPem(read("rsa.key")) };
  const seeds = [
    ...["signed-rsa-sha256-detached.pem", "signed-rsa-sha1-bare.pem", "signed-ec-sha512-streamed.pem"].map(derOf),
    ...[true, false].map((isDetached) =>
      Buffer.from(mdmSignature(identity, body, Date.UTC(2026, 11, 1), isDetached), "base64"),
    ),
  ];
  const verify = (der: Uint8Array, over: Uint8Array) => signatures.verify(Buffer.from(der).toString("base64"), over);
  const prints = new Set<string>();
  for (const seed of seeds) {
    const verdict = verify(seed, body);
    assert.ok(verdict.ok);
    prints.add(`${verdict.certificateHash} ${verdict.print}`);
  }
  const known = new Set([...prints].map((print) => print.split(" ")[0]));
  const other = Buffer.concat([body, Buffer.from(" ")]);
  const target: FuzzTarget = {
    name: "mdm-signature",
    seeds,
    mutations: derMutations,
    open: (bytes) => {
      const verdict = verify(bytes, body);
      assert.equal(verify(bytes, other).ok, false);
      // A certificate that we never gave may hold a known key: the door turns it away by its hash.
      if (verdict.ok && known.has(verdict.certificateHash))
        assert.ok(prints.has(`${verdict.certificateHash} ${verdict.print}`), "a message that is not remembered");
      return verdict;
    },
    isRefusal,
    watches,
  };
  await fuzz(target, searchBounds(2.5));
});

test("no header of a proxy makes its reader fail, and one certificate at most comes of it", async () => {
  const der = derOf("ec.pem");
  const seeds = [`:${der.toString("base64")}:`, encodeURIComponent(read("ec.pem")), encodeURI(read("ec.pem"))];
  const target: FuzzTarget = {
    name: "proxy-certificate",
    seeds: seeds.map((seed) => Buffer.from(seed)),
    mutations: [inBase64(derMutations)],
    open: (bytes) => {
      const value = Buffer.from(bytes).toString("latin1");
      const certificate = certificateFromHeader(value);
      for (const form of ["pem", "rfc9440"] as const) {
        const asForm = certificateFromHeader(value, form);
        if (asForm !== undefined) assert.deepEqual(asForm, certificate);
      }
      return certificate;
    },
    isRefusal,
    watches,
  };
  await fuzz(target, searchBounds(2));
});
