import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { decodePem, encodePem, parseCertificate } from "@pomona/pki";
import { TestMac } from "../../adapters/device-door/testing/test-mac.ts";
import { acmeRig, enclaveKey } from "./testing/acme-rig.ts";

test("a Mac with an attested key gets a certificate with our names, enrolls by ECDSA signatures, and its attestation is shown", async () => {
  await using rig = await acmeRig();
  for (const curve of ["P-384", "P-256"] as const) {
    const serialNumber = `C02${curve.replace("-", "")}`;
    const offer = await rig.offer(serialNumber);
    const by = await rig.client(offer.directoryUrl);
    const open = await rig.order(by, offer.clientIdentifier);
    const key = enclaveKey(curve);
    const attested = await rig.attest(by, open, key, {
      serialNumber,
      provisioningUdid: "00008112-000A1B2C3D4E5F60",
      osVersion: "15.1",
      systemIntegrityProtection: "0",
      secureBoot: "Full Security",
      thirdPartyKexts: "0",
    });
    assert.equal(attested.json["status"], "valid");
    const finalized = await rig.finalize(by, open, key);
    assert.equal(finalized.json["status"], "valid");
    const downloaded = await by.post(String(finalized.json["certificate"]), "");
    assert.equal(downloaded.headers["content-type"], "application/pem-certificate-chain");
    const [leaf, issuer] = decodePem(downloaded.text, "CERTIFICATE").map(({ der }) => parseCertificate(der));
    assert.deepEqual(Buffer.from(leaf!.spki), Buffer.from(key.spki));
    assert.match(leaf!.subject.text, /Pomona/);
    assert.equal(leaf!.sanUri.length, 1);
    assert.match(leaf!.sanUri[0]!, new RegExp(`^urn:pomona:${rig.tenant}:.*:mdm$`));
    const files = {
      root: rig.authority.rootPem,
      issuer: encodePem("CERTIFICATE", issuer!.raw),
      leaf: encodePem("CERTIFICATE", leaf!.raw),
    };
    for (const [name, pem] of Object.entries(files)) writeFileSync(path.join(rig.kernel.dir, `${name}.pem`), pem);
    const said = execFileSync(
      "openssl",
      ["verify", "-purpose", "sslclient", "-CAfile", "root.pem", "-untrusted", "issuer.pem", "leaf.pem"],
      { cwd: rig.kernel.dir, encoding: "utf8" },
    );
    assert.match(said, /leaf\.pem: OK/);

    const mac = new TestMac(rig.plainUrl, serialNumber);
    mac.identity = { certificate: leaf!, key: key.key };
    mac.topic = offer.topic;
    assert.equal((await mac.authenticate()).status, 200);
    assert.equal((await mac.tokenUpdate()).status, 200);
    assert.equal((await mac.poll()).status, 200);
    const devices = (await rig.act(rig.tenant, "devices.list-devices", {})) as {
      items: { id: string; serialNumber: string; mdm: { udid: string } }[];
    };
    const device = devices.items.find((candidate) => candidate.serialNumber === serialNumber)!;
    assert.deepEqual(await rig.act(rig.tenant, "acme.show-attestation", { deviceId: device.id }), {
      refused: null,
      attestation: {
        by: "acme",
        attestedAt: new Date(rig.clock.now()).toISOString(),
        serialNumber,
        // The ProvisioningUDID is not the UDID of MDM, and is not compared with it.
        provisioningUdid: "00008112-000A1B2C3D4E5F60",
        softwareUpdateDeviceId: null,
        osVersion: "15.1",
        sepOsVersion: null,
        llbVersion: null,
        systemIntegrityProtection: true,
        secureBoot: "Full Security",
        thirdPartyKextsAllowed: false,
      },
    });
    assert.equal(device.mdm.udid, mac.udid);
  }
});

test("a Mac whose attested serial number is not what it says at its Authenticate is refused", async () => {
  await using rig = await acmeRig();
  const { by, open, key, offer } = await rig.ready("C02A");
  const finalized = await rig.finalize(by, open, key);
  const { text } = await by.post(String(finalized.json["certificate"]), "");
  const mac = new TestMac(rig.plainUrl, "C02B");
  mac.identity = { certificate: parseCertificate(decodePem(text, "CERTIFICATE")[0]!.der), key: key.key };
  mac.topic = offer.topic;
  assert.equal((await mac.authenticate()).status, 403);
});
