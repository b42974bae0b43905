import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import type { PlistDictionary } from "@pomona/plist";
import { ESCROWED_KEY_FILE } from "../../model/file-vault.ts";
import { ask as askOf, type CommandedMacs, part, startCommandedMacs } from "../../testing/commanded-macs.ts";
import { mobileconfig, payload } from "../../testing/enrollment-mobileconfig.ts";
import type { VirtualMac } from "../../virtual-mac/virtual-mac.ts";

let macs: CommandedMacs;
before(async () => {
  macs = await startCommandedMacs();
});
after(() => macs[Symbol.asyncDispose]());
const ask = (mac: VirtualMac, command: PlistDictionary) => askOf(macs.server, mac, command);
const statusOf = async (mac: VirtualMac, command: PlistDictionary) => (await ask(mac, command))["Status"];

/** Opens a CMS with somebody else's tool. */
function openWithOpenssl(cms: Uint8Array): string {
  const { at, server } = macs;
  writeFileSync(at("key.pem"), server.ca.rootKeyPem);
  writeFileSync(at("certificate.pem"), server.ca.rootPem);
  writeFileSync(at("cms.der"), cms);
  const args = [
    "-decrypt",
    "-inform",
    "DER",
    "-in",
    at("cms.der"),
    "-inkey",
    at("key.pem"),
    "-recip",
    at("certificate.pem"),
  ];
  return execFileSync("openssl", ["cms", ...args], { encoding: "utf8" });
}

describe("keys and locks of a virtual Mac", { timeout: 60_000 }, () => {
  it("a recovery key is escrowed only if it was made after the payload, and openssl opens it", async () => {
    await using mac = await macs.openMac();
    mac.model.fileVault = true;
    const first = mac.model.recovery.personalKey ?? "";
    const certificateUuid = "c0000000-0000-4000-8000-000000000001";
    const root = macs.server.ca.signer.certificate.raw;
    const profile = mobileconfig("test.escrow", [
      payload("com.apple.security.pkcs1", { PayloadContent: root }, certificateUuid),
      payload("com.apple.security.FDERecoveryKeyEscrow", { EncryptCertPayloadUUID: certificateUuid, Location: "Us" }),
    ]);
    assert.equal(await statusOf(mac, { RequestType: "InstallProfile", Payload: profile }), "Acknowledged");
    const before_ = part(await ask(mac, { RequestType: "SecurityInfo" }), "SecurityInfo");
    assert.equal(before_["FDE_PersonalRecoveryKeyCMS"], undefined);
    assert.equal(before_["FDE_HasPersonalRecoveryKey"], true);

    const rotate = (password: string, certificate: Uint8Array = root): PlistDictionary => ({
      RequestType: "RotateFileVaultKey",
      KeyType: "personal",
      FileVaultUnlock: { Password: password },
      ReplyEncryptionCertificate: certificate,
    });
    assert.equal(await statusOf(mac, rotate("wrong")), "Error");
    assert.equal(await statusOf(mac, rotate(first, Uint8Array.of(1))), "Error");
    assert.equal(mac.model.recovery.personalKey, first);
    const result = part(await ask(mac, rotate(first)), "RotateResult");
    const second = mac.model.recovery.personalKey ?? "";
    assert.notEqual(second, first);
    assert.equal(openWithOpenssl(result["EncryptedNewRecoveryKey"] as Uint8Array), second);
    const now = part(await ask(mac, { RequestType: "SecurityInfo" }), "SecurityInfo");
    assert.equal(openWithOpenssl(now["FDE_PersonalRecoveryKeyCMS"] as Uint8Array), second);
    assert.equal(openWithOpenssl(readFileSync(mac.body.root.real(ESCROWED_KEY_FILE))), second);

    mac.model.recovery.omitsKeyFromAnswer = true;
    assert.equal((await ask(mac, rotate(second)))["RotateResult"], undefined);
    const third = part(await ask(mac, { RequestType: "SecurityInfo" }), "SecurityInfo");
    assert.equal(openWithOpenssl(third["FDE_PersonalRecoveryKeyCMS"] as Uint8Array), mac.model.recovery.personalKey);

    await ask(mac, { RequestType: "RemoveProfile", Identifier: "test.escrow" });
    const gone = part(await ask(mac, { RequestType: "SecurityInfo" }), "SecurityInfo");
    assert.equal(gone["FDE_PersonalRecoveryKeyCMS"], undefined);
  });

  it("an escrow payload without a certificate of the same profile is refused", async () => {
    await using mac = await macs.openMac();
    const profile = mobileconfig("test.escrow", [
      payload("com.apple.security.FDERecoveryKeyEscrow", { EncryptCertPayloadUUID: "nowhere", Location: "Us" }),
    ]);
    assert.equal(await statusOf(mac, { RequestType: "InstallProfile", Payload: profile }), "Error");
  });

  it("a recovery lock belongs to Apple silicon, and changes only with the current password", async () => {
    await using mac = await macs.openMac();
    const set = (next: string, current?: string): PlistDictionary => ({
      RequestType: "SetRecoveryLock",
      NewPassword: next,
      ...(current === undefined ? {} : { CurrentPassword: current }),
    });
    assert.equal(await statusOf(mac, set("one")), "Acknowledged");
    assert.equal(await statusOf(mac, set("two", "wrong")), "Error");
    assert.equal(await statusOf(mac, set("two", "one")), "Acknowledged");
    const verify = (password: string) => ask(mac, { RequestType: "VerifyRecoveryLock", Password: password });
    assert.equal((await verify("one"))["PasswordVerified"], false);
    assert.equal((await verify("two"))["PasswordVerified"], true);
    assert.equal(part(await ask(mac, { RequestType: "SecurityInfo" }), "SecurityInfo")["IsRecoveryLockEnabled"], true);
    assert.equal(await statusOf(mac, { RequestType: "SetFirmwarePassword", NewPassword: "x" }), "Error");
    await mac.unenroll();
    assert.equal(mac.model.recoveryLock, undefined);
  });

  it("a firmware password belongs to Intel, and counts from the next start", async () => {
    await using mac = await macs.openMac({ chip: "intel" });
    assert.equal(await statusOf(mac, { RequestType: "SetRecoveryLock", NewPassword: "x" }), "Error");
    const change = async (command: PlistDictionary) =>
      part(await ask(mac, { RequestType: "SetFirmwarePassword", ...command }), "SetFirmwarePassword")[
        "PasswordChanged"
      ];
    const verify = async (password: string) =>
      part(await ask(mac, { RequestType: "VerifyFirmwarePassword", Password: password }), "VerifyFirmwarePassword");
    const firmware = async () =>
      part(part(await ask(mac, { RequestType: "SecurityInfo" }), "SecurityInfo"), "FirmwarePasswordStatus");
    assert.equal(await change({ NewPassword: "one" }), true);
    assert.equal((await verify("one"))["PasswordVerified"], false);
    assert.equal((await firmware())["ChangePending"], true);
    assert.equal(await change({ NewPassword: "two" }), false);
    await mac.restart();
    assert.equal((await verify("one"))["PasswordVerified"], true);
    assert.equal((await firmware())["PasswordExists"], true);
    assert.equal(await change({ NewPassword: "", CurrentPassword: "wrong" }), false);
    assert.equal(await change({ NewPassword: "", CurrentPassword: "one" }), true);
  });

  it("gives out its Activation Lock bypass code for fifteen days, until it is cleared", async () => {
    await using mac = await macs.openMac();
    const askCode = () => ask(mac, { RequestType: "ActivationLockBypassCode" });
    assert.match((await askCode())["ActivationLockBypassCode"] as string, /^[0-9A-Z]{5}-[0-9A-Z]{5}(-[0-9A-Z]{4}){4}$/);
    mac.model.activationLock.supervisedAt = Date.now() - 16 * 86_400_000;
    assert.equal((await askCode())["Status"], "Error");
    mac.model.activationLock.supervisedAt = Date.now();
    await ask(mac, { RequestType: "ClearActivationLockBypassCode" });
    assert.equal((await askCode())["Status"], "Error");
  });
});
