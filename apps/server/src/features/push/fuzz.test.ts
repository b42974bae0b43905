import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decodePem } from "@pomona/pki";
import { nodeCrypto } from "@pomona/pki/node";
import { buildXmlPlist, encodeBase64 } from "@pomona/plist";
import { derMutations, type FuzzTarget, fuzz, inBase64, searchBounds, xmlMutations } from "@pomona/testkit/fuzz";
import { PomonaError } from "../../kernel/errors.ts";
import { readSignedRequest } from "./portal-upload.ts";
import { openAnswer } from "./signing-answer.ts";

const read = (name: string) => readFileSync(new URL(`../../../../../fixtures/pki/${name}`, import.meta.url), "latin1");
const csr = decodePem(read("request.pem"))[0]!.der;
const isRefusal = (error: unknown): boolean => error instanceof PomonaError && error.code.startsWith("push.");
const watches = /features\/push|packages\/(pki|plist)\/src/;
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

test("no signed certificate request makes its reader fail, and what it takes has a chain of certificates", async () => {
  const plist = buildXmlPlist({
    PushCertRequestCSR: encodeBase64(csr),
    PushCertSignature: encodeBase64(new Uint8Array(256)),
    PushCertCertificateChain: `${read("rsa.pem")}${read("ca.pem")}`,
  });
  const target: FuzzTarget = {
    name: "signed-push-request",
    seeds: [plist, Buffer.from(encodeBase64(plist))],
    mutations: [...xmlMutations, inBase64(derMutations), inBase64(xmlMutations)],
    open: (bytes) => {
      const { chain } = readSignedRequest(csr, textOf(bytes));
      assert.ok(chain.length > 0 && chain.length <= 8);
      return chain;
    },
    isRefusal,
    watches,
  };
  await fuzz(target, searchBounds(2));
});

test("no mailed answer makes its reader fail", async () => {
  const crypto = nodeCrypto();
  const key = { certificate: read("ca.pem"), keyPem: read("ca.key") };
  const target: FuzzTarget = {
    name: "signing-answer",
    seeds: ["enveloped-aes128-streamed.pem", "enveloped-3des.pem", "request.pem"].map(
      (name) => decodePem(read(name))[0]!.der,
    ),
    mutations: derMutations,
    // The file is hexadecimal; what is in it matters.
    open: (bytes) => openAnswer(crypto, key, Buffer.from(bytes).toString("hex")),
    isRefusal,
    watches,
  };
  await fuzz(target, searchBounds(2));
});
