import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchProfile } from "../../adapters/device-door/testing/enroll-mac.ts";
import { systemScope } from "../../kernel/scope.ts";
import { acmeRig } from "../acme/testing/acme-rig.ts";
import { mergeDeviceFacts, upsertDeviceAtEnrollment } from "../devices/index.ts";

test("an invitation for ACME names a serial number, and says so when it does not", async () => {
  await using rig = await acmeRig();
  await assert.rejects(rig.invite(rig.tenant, { identity: "acme" }), {
    code: "enrollment.acme-needs-serial-number",
    message: /serial number/,
  });
  await rig.act(rig.tenant, "enrollment.change-policy", { identity: "acme" });
  await assert.rejects(rig.invite(rig.tenant), { code: "enrollment.acme-needs-serial-number" });
});

test("the policy of the organization is what an invitation uses that says nothing; another organization's is its own", async () => {
  await using rig = await acmeRig();
  const other = await rig.newTenant("Vineyard");
  assert.deepEqual(await rig.act(rig.tenant, "enrollment.show-policy", {}), { identity: "scep", canAttest: true });
  await rig.act(rig.tenant, "enrollment.change-policy", { identity: "acme" });
  assert.deepEqual(await rig.act(rig.tenant, "enrollment.show-policy", {}), { identity: "acme", canAttest: true });
  assert.deepEqual(await rig.act(other, "enrollment.show-policy", {}), { identity: "scep", canAttest: true });
  const invitation = await rig.invite(rig.tenant, { serialNumber: "C02POLICY" });
  assert.equal((await rig.offerFrom(invitation, "C02POLICY")).clientIdentifier.length, 43);
  await fetchProfile(rig, await rig.invite(rig.tenant, { serialNumber: "C02POLICY", identity: "scep" }));
  await fetchProfile(rig, await rig.invite(other));
});

test("acme-if-possible asks for ACME only of a Mac that is known to attest", async () => {
  await using rig = await acmeRig();
  const method = async (serialNumber: string | undefined): Promise<"acme" | "scep"> => {
    const input = serialNumber === undefined ? {} : { serialNumber };
    const invitation = await rig.invite(rig.tenant, { ...input, identity: "acme-if-possible" });
    return rig.offerFrom(invitation, "any").then(
      () => "acme",
      () => "scep",
    );
  };
  const know = (serialNumber: string, osVersion: string, processor: string) =>
    rig.kernel.store.write(systemScope(rig.tenant, "test"), async (tx) => {
      const device = { serialNumber, udid: serialNumber, name: "", model: "", osVersion };
      const { deviceId } = await upsertDeviceAtEnrollment(tx, device);
      await mergeDeviceFacts(tx, deviceId, { facts: { processor } });
    });
  await know("C02M2", "15.1", "Apple M2");
  await know("C02OLD", "13.6", "Apple M1");
  await know("C02INTEL", "15.1", "Intel(R) Core(TM) i7");
  assert.equal(await method("C02M2"), "acme");
  for (const serialNumber of ["C02OLD", "C02INTEL", "C02NEVERSEEN", undefined])
    assert.equal(await method(serialNumber), "scep", serialNumber);
});
