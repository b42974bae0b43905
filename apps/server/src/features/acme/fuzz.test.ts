import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseCertificate } from "@pomona/pki";
import { nodeCrypto } from "@pomona/pki/node";
import { openAttestationAuthority } from "@pomona/testkit";
import {
  byteMutations,
  derMutations,
  type FuzzTarget,
  fuzz,
  inBase64,
  jsonMutations,
  searchBounds,
} from "@pomona/testkit/fuzz";
import { readAttestationObject } from "./attestation-object.ts";
import { readJws } from "./jws.ts";
import { AcmeProblem } from "./problem.ts";
import { acmeRig, enclaveKey } from "./testing/acme-rig.ts";
import { verifyAttestation } from "./verify-attestation.ts";

const fixture = <Entry>(name: string): readonly Entry[] =>
  JSON.parse(readFileSync(new URL(`../../../../../fixtures/acme/${name}.json`, import.meta.url), "utf8")) as Entry[];
const objects = fixture<{ readonly name: string; readonly hex: string; readonly isReadable: boolean }>(
  "attestation-objects",
);
const requests = fixture<{ readonly name: string; readonly body: string }>("jws");
const watches = /apps\/server\/src\/features\/acme|packages\/pki\/src/;
/** Readers that answer and never throw. */
const neverRefuses = (): boolean => false;

test("each attestation object of the corpus is read or refused as it says", () => {
  for (const { name, hex, isReadable } of objects)
    assert.equal(readAttestationObject(Buffer.from(hex, "hex")).ok, isReadable, name);
});

test("no attestation object makes the reader fail, and what it reads came from the bytes", async () => {
  const target: FuzzTarget = {
    name: "attestation-object",
    seeds: objects.map(({ hex }) => Buffer.from(hex, "hex")),
    mutations: derMutations,
    open: (bytes) => {
      const object = readAttestationObject(bytes);
      if (object.ok) for (const der of object.chain) assert.ok(Buffer.from(bytes).includes(Buffer.from(der)));
      return object;
    },
    isRefusal: neverRefuses,
    watches,
  };
  await fuzz(target, searchBounds(2.5));
});

test("no change to an attestation makes the verifier fail, or accept another leaf than Apple's", async () => {
  const crypto = nodeCrypto();
  const apple = openAttestationAuthority();
  const freshness = crypto.random(32);
  const chain = apple.attest({ spki: enclaveKey("P-256").spki, properties: { serialNumber: "C02FUZZ", freshness } });
  const question = { roots: [parseCertificate(apple.rootDer)], now: Date.now(), freshness: [freshness] };
  assert.ok(verifyAttestation(crypto, { ...question, chain }).ok);
  // Each certificate of the chain in turn is another one, so that the rest of it is still what it was.
  const leaf = Buffer.from(chain[0]!);
  const target: FuzzTarget = {
    name: "attestation-chain",
    seeds: chain,
    mutations: derMutations,
    open: (bytes) =>
      chain.map((_own, at) => {
        const verdict = verifyAttestation(crypto, { ...question, chain: chain.with(at, bytes) });
        if (verdict.ok) assert.deepEqual(Buffer.from(verdict.leaf.raw), leaf);
        return verdict;
      }),
    isRefusal: neverRefuses,
    watches,
  };
  // The authority is made anew each time, so nothing of it is worth keeping.
  await fuzz(target, searchBounds(2.5), undefined, false);
});

test("no request makes the JWS reader fail but with a problem", async () => {
  const target: FuzzTarget = {
    name: "jws",
    seeds: requests.map(({ body }) => Buffer.from(body)),
    mutations: [...jsonMutations, inBase64(jsonMutations), inBase64(byteMutations)],
    open: readJws,
    isRefusal: (error) => error instanceof AcmeProblem,
    watches,
  };
  await fuzz(target, searchBounds(2.5));
});

test("the door answers the corpus, and every change to a good request, with a problem: never 401, never a fault", async () => {
  await using rig = await acmeRig();
  const { directoryUrl } = await rig.offer("C02FUZZ");
  const by = await rig.client(directoryUrl);
  const url = by.kid!;
  for (const { name, body } of requests) {
    const answer = await by.post(url, "", { body: Buffer.from(body) });
    assert.ok(answer.status === 400 || answer.status === 403, name);
    assert.ok(answer.problem, name);
  }
  const good = await by.sign(url, { status: "deactivated" }, await by.newNonce());
  const target: FuzzTarget = {
    name: "acme-door",
    seeds: requests.map(({ body }) => Buffer.from(body)),
    mutations: [...jsonMutations, inBase64(jsonMutations), inBase64(byteMutations)],
    open: async (bytes) => {
      // A part of the good request in any other.
      for (const body of [bytes, ...halvesWith(good, bytes)]) {
        if (sameJson(body, good)) continue;
        const answer = await by.post(url, "", { body: Buffer.from(body) });
        assert.ok(answer.status === 400 || answer.status === 403, `${answer.status} ${Buffer.from(body)}`);
      }
    },
    isRefusal: neverRefuses,
    watches,
  };
  await fuzz(target, searchBounds(2.5));
  // Whatever came, the account was not deactivated.
  assert.equal((await by.post(url, "")).status, 200);
});

/** The good request with one of its members as another has it. */
function halvesWith(good: Uint8Array, other: Uint8Array): readonly Uint8Array[] {
  try {
    const [theirs, ours] = [other, good].map((bytes) => JSON.parse(Buffer.from(bytes).toString()) as object);
    return Object.entries(theirs!).map(([key, value]) =>
      Buffer.from(JSON.stringify({ ...ours, [key]: value as unknown })),
    );
  } catch {
    return [];
  }
}

function sameJson(one: Uint8Array, other: Uint8Array): boolean {
  try {
    assert.deepEqual(JSON.parse(Buffer.from(one).toString()), JSON.parse(Buffer.from(other).toString()));
    return true;
  } catch {
    return false;
  }
}
