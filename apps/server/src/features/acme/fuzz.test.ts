import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseCertificate } from "@pomona/pki";
import { nodeCrypto } from "@pomona/pki/node";
import { attestationObject, openAttestationAuthority } from "@pomona/testkit";
import fc from "fast-check";
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
/** Bounded in time, so that it can run with every change; a longer search is a larger number here. */
const bounds = { numRuns: 20_000, interruptAfterTimeLimit: 4_000, markInterruptAsFailure: false };

/** A seed with some of its octets changed, cut out, doubled, or others in between. */
const mutated = (seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.array(
        fc.record({
          how: fc.constantFrom("set" as const, "cut" as const, "double" as const, "insert" as const),
          at: fc.nat(),
          length: fc.integer({ min: 1, max: 40 }),
          bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    )
    .map(([seed, changes]) => {
      let bytes = Buffer.from(seed);
      for (const { how, at, length, bytes: others } of changes) {
        const place = at % (bytes.length + 1);
        const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
        if (how === "set") bytes = Buffer.concat([before, others, after.subarray(others.length)]);
        else if (how === "cut") bytes = Buffer.concat([before, after.subarray(length)]);
        else if (how === "double") bytes = Buffer.concat([before, after.subarray(0, length), after]);
        else bytes = Buffer.concat([before, others, after]);
      }
      return bytes;
    });

test("each attestation object of the corpus is read or refused as it says", () => {
  for (const { name, hex, isReadable } of objects)
    assert.equal(readAttestationObject(Buffer.from(hex, "hex")).ok, isReadable, name);
});

test("no attestation object makes the reader fail, and what it reads came from the bytes", () => {
  const seeds = objects.map(({ hex }) => Buffer.from(hex, "hex"));
  fc.assert(
    fc.property(fc.oneof(mutated(seeds), fc.uint8Array({ maxLength: 200 })), (bytes) => {
      const object = readAttestationObject(bytes);
      if (!object.ok) return;
      for (const der of object.chain) assert.ok(Buffer.from(bytes).includes(Buffer.from(der)));
    }),
    bounds,
  );
});

test("no change to an attestation makes the verifier fail, or accept another leaf than Apple's", () => {
  const crypto = nodeCrypto();
  const apple = openAttestationAuthority();
  const freshness = crypto.random(32);
  const chain = apple.attest({ spki: enclaveKey("P-256").spki, properties: { serialNumber: "C02FUZZ", freshness } });
  const question = { roots: [parseCertificate(apple.rootDer)], now: Date.now(), freshness: [freshness] };
  const good = attestationObject(chain);
  assert.ok(verifyAttestation(crypto, { ...question, chain }).ok);
  fc.assert(
    fc.property(mutated([good]), (bytes) => {
      const object = readAttestationObject(bytes);
      if (!object.ok) return;
      const verdict = verifyAttestation(crypto, { ...question, chain: object.chain });
      if (verdict.ok) assert.deepEqual(Buffer.from(verdict.leaf.raw), Buffer.from(chain[0]!));
    }),
    bounds,
  );
});

test("no request makes the JWS reader fail but with a problem", () => {
  const seeds = requests.map(({ body }) => Buffer.from(body));
  fc.assert(
    fc.property(fc.oneof(mutated(seeds), fc.json().map(Buffer.from), fc.uint8Array({ maxLength: 200 })), (bytes) => {
      try {
        readJws(bytes);
      } catch (error) {
        assert.ok(error instanceof AcmeProblem, String(error));
      }
    }),
    bounds,
  );
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
  await fc.assert(
    fc.asyncProperty(mutated([good]), async (body) => {
      fc.pre(!sameJson(body, good));
      const answer = await by.post(url, "", { body });
      assert.ok(answer.status === 400 || answer.status === 403, `${answer.status} ${body}`);
    }),
    { ...bounds, numRuns: 1_500 },
  );
  // Whatever came, the account was not deactivated.
  assert.equal((await by.post(url, "")).status, 200);
});

function sameJson(one: Uint8Array, other: Uint8Array): boolean {
  try {
    assert.deepEqual(JSON.parse(Buffer.from(one).toString()), JSON.parse(Buffer.from(other).toString()));
    return true;
  } catch {
    return false;
  }
}
