import assert from "node:assert/strict";
import { test } from "node:test";
import type { Attestation, AttestationRefusal, Device } from "@pomona/contract";
import { buildXmlPlist, type PlistDictionary } from "@pomona/plist";
import { type AttestedProperties, openAttestationAuthority } from "@pomona/testkit";
import { drain, enrolledMac } from "../../adapters/device-door/testing/enroll-mac.ts";
import { acmeRig, enclaveKey } from "./testing/acme-rig.ts";

const nonceOf = (n: number) => Buffer.alloc(32, n);

/** An enrolled Mac that is asked and answers, step by step. */
async function askedMac(options: Parameters<typeof acmeRig>[0] = {}) {
  const rig = await acmeRig(options);
  const mac = await enrolledMac(rig, rig.tenant);
  await drain(mac);
  const { items } = (await rig.act(rig.tenant, "devices.list-devices", {})) as { items: Device[] };
  const deviceId = items[0]!.id;
  const give = async (action: string, input: object, chain: readonly Uint8Array[] | undefined) => {
    rig.clock.advance(60_000);
    const sent = (await rig.act(rig.tenant, action, { deviceId, ...input })) as { commandUuid: string };
    assert.equal((await mac.poll()).command?.uuid, sent.commandUuid);
    const answers: PlistDictionary = chain === undefined ? {} : { DevicePropertiesAttestation: [...chain] };
    assert.equal((await mac.acknowledge(sent.commandUuid, { QueryResponses: answers })).status, 200);
  };
  return {
    rig,
    mac,
    deviceId,
    attest: (properties: AttestedProperties, from = rig.apple) =>
      from.attest({ spki: enclaveKey().spki, properties: { serialNumber: mac.serialNumber, ...properties } }),
    answer: (input: object, chain: readonly Uint8Array[] | undefined) =>
      give("commands.send-command", { requestType: "DeviceInformation", input }, chain),
    answerRaw: (keys: PlistDictionary, chain: readonly Uint8Array[]) => {
      const plist = Buffer.from(buildXmlPlist({ RequestType: "DeviceInformation", ...keys })).toString("base64");
      return give("commands.send-raw-command", { plist }, chain);
    },
    shown: async () =>
      (await rig.act(rig.tenant, "acme.show-attestation", { deviceId })) as {
        attestation: Attestation | null;
        refused: AttestationRefusal | null;
      },
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}
const asking = (n: number) => ({ attestationNonce: nonceOf(n).toString("base64") });

test("what a Mac attests for the nonce of its command is kept and shown", async () => {
  await using asked = await askedMac();
  assert.deepEqual(await asked.shown(), { attestation: null, refused: null });
  await asked.answer({}, undefined);
  assert.deepEqual(await asked.shown(), { attestation: null, refused: null }, "nobody asked for it");
  const claims = { osVersion: "15.2", systemIntegrityProtection: "1", secureBoot: "Reduced Security" };
  await asked.answer(asking(1), asked.attest({ freshness: nonceOf(1), ...claims }));
  const { attestation, refused } = await asked.shown();
  assert.equal(refused, null);
  assert.deepEqual(attestation, {
    by: "DeviceInformation",
    attestedAt: new Date(asked.rig.clock.now()).toISOString(),
    serialNumber: asked.mac.serialNumber,
    provisioningUdid: null,
    softwareUpdateDeviceId: null,
    osVersion: "15.2",
    sepOsVersion: null,
    llbVersion: null,
    systemIntegrityProtection: false,
    secureBoot: "Reduced Security",
    thirdPartyKextsAllowed: null,
  });
  const changed = await asked.rig.kernel.store.readAfter(0, { types: ["device.changed"], limit: 100 });
  assert.ok(changed.some(({ data }) => JSON.stringify(data) === '{"fields":["attestation"]}'));
});

test("an answer that proves nothing is named with its reason, and what was attested before stays", async () => {
  await using asked = await askedMac();
  await asked.answer(asking(1), asked.attest({ freshness: nonceOf(1) }));
  const before = (await asked.shown()).attestation;
  const forger = openAttestationAuthority();
  const bad: readonly [AttestationRefusal["reason"], object, readonly Uint8Array[] | undefined][] = [
    ["stale", asking(2), asked.attest({ freshness: nonceOf(1) })],
    ["another-mac", asking(3), asked.attest({ freshness: nonceOf(3), serialNumber: "C02ANOTHER" })],
    ["untrusted", asking(4), asked.attest({ freshness: nonceOf(4) }, forger)],
    ["no-freshness", asking(5), asked.attest({})],
    ["no-nonce", { queries: ["DevicePropertiesAttestation"] }, asked.attest({ freshness: nonceOf(1) })],
    ["not-given", asking(6), undefined],
    ["no-chain", asking(7), []],
  ];
  for (const [reason, input, chain] of bad) {
    await asked.answer(input, chain);
    const { attestation, refused } = await asked.shown();
    assert.deepEqual([reason, attestation], [refused?.reason, before]);
    assert.equal(refused?.refusedAt, new Date(asked.rig.clock.now()).toISOString());
  }
  await asked.answer(asking(8), asked.attest({ freshness: nonceOf(8) }));
  const { attestation, refused } = await asked.shown();
  assert.equal(refused, null, "the newest answer holds");
  assert.ok(attestation !== null && before !== null && attestation.attestedAt > before.attestedAt);
});

test("a command that a person wrote has its own nonce", async () => {
  await using asked = await askedMac();
  const keys = (n: number) => ({ Queries: ["DevicePropertiesAttestation"], DeviceAttestationNonce: nonceOf(n) });
  await asked.answerRaw(keys(1), asked.attest({ freshness: nonceOf(2) }));
  assert.equal((await asked.shown()).refused?.reason, "stale");
  await asked.answerRaw(keys(3), asked.attest({ freshness: nonceOf(3) }));
  assert.equal((await asked.shown()).attestation?.by, "DeviceInformation");
});

test("without a root nothing is attested, and another tenant sees none of it", async () => {
  await using asked = await askedMac({ withRoots: false });
  await asked.answer(asking(1), asked.attest({ freshness: nonceOf(1) }));
  const { attestation, refused } = await asked.shown();
  assert.deepEqual([attestation, refused?.reason], [null, "no-roots"]);
  const other = await asked.rig.newTenant("Vineyard");
  await assert.rejects(asked.rig.act(other, "acme.show-attestation", { deviceId: asked.deviceId }), {
    code: /not-found/,
  });
});
