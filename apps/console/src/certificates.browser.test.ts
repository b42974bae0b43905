import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { listIdentities, listRenewals, showDevice } from "@pomona/contract";
import { withoutBrowser } from "./testing/chromium.ts";
import { startConsole, type TestConsole } from "./testing/harness.ts";
import { seriousFaults } from "./testing/serious-faults.ts";
import { until } from "./testing/until.ts";

describe("the Macs' identities in the console", { skip: withoutBrowser }, () => {
  let running: TestConsole;
  before(async () => {
    running = await startConsole();
  });
  after(() => running?.[Symbol.asyncDispose]());

  test("a Mac is renewed from its page, and the old certificate is shown as revoked without a reload", async () => {
    const { page, go, errors } = await running.open();
    await go(`/devices/${running.deviceIds[0]}/identities`);
    const table = page.getByRole("table", { name: "Certificates issued to this Mac" });
    await table.getByRole("row", { name: /MDM client/ }).waitFor();
    assert.equal(await table.getByText("Revoked", { exact: true }).count(), 0);
    await page.getByRole("button", { name: "Renew now" }).click();
    await table.getByText("Revoked", { exact: true }).waitFor();
    await table.getByText(/another certificate took its place/).waitFor();
    await page.getByText(/^It is not due/).waitFor();
    assert.equal(await table.getByRole("row", { name: /MDM client/ }).count(), 2);
    await go("/certificates/revoked");
    await page.getByRole("grid", { name: "Revoked certificates" }).getByText("Ana’s MacBook Pro").waitFor();
    assert.deepEqual(errors, []);
  });

  test("many are renewed by a filter, and the list says what each waits for until it is over", async () => {
    const mac = running.macs[1]!;
    mac.mdm.misbehaviour.notNowTimes = 1_000_000;
    const { page, go } = await running.open();
    await go("/certificates");
    await page.getByText("No identity is being renewed").waitFor();
    await page.getByRole("button", { name: "Renew many" }).first().click();
    const panel = page.getByRole("complementary", { name: "Renew many" });
    await panel.getByText(/3 enrolled Macs match/).waitFor();
    await panel.getByLabel("Name, serial number, model or user").fill(mac.model.serialNumber);
    await panel.getByText(/^1 enrolled Mac matches/).waitFor();
    await panel.getByRole("button", { name: "Renew them" }).click();
    await panel.getByText("1 Mac is being renewed").waitFor();
    const list = page.getByRole("grid", { name: "Renewals" });
    await list.getByText("Its profile is about to be sent.").waitFor();
    await panel.getByRole("button", { name: "Close" }).click();
    await list.getByRole("button", { name: /^Renew now: / }).click();
    await list.getByText("The profile waits for it.").waitFor();
    await list.getByText("Pending").waitFor();
    await go("/certificates?state=failed");
    await page.getByText("No renewal matches").waitFor();
    await go("/certificates?state=queued");
    await list.getByText(mac.model.serialNumber).waitFor();
    mac.mdm.misbehaviour.notNowTimes = 0;
    await mac.mdm.connect();
    await page.getByText("No renewal matches").waitFor();
    assert.deepEqual((await running.api.call(listRenewals, {})).items, []);
  });

  test("a certificate is revoked only after its consequence, a reason and a typed word", async () => {
    const deviceId = running.deviceIds[2] ?? "";
    const { page, go, errors } = await running.open();
    await go(`/devices/${deviceId}/identities`);
    await page.getByRole("button", { name: "Revoke the certificate of Pomona's agent" }).click();
    await page.waitForURL(/revoke=[0-9a-f]{64}/);
    const panel = page.getByRole("complementary", { name: "Revoke a certificate" });
    await panel.getByText(/The agent is cut off at once/).waitFor();
    const revoke = panel.getByRole("button", { name: "Revoke it" });
    await panel.getByRole("combobox", { name: "Why?" }).click();
    await page.getByRole("option", { name: "Its key may be in other hands" }).click();
    await panel.getByLabel("In words").fill("stolen, case 4711");
    assert.equal(await revoke.isDisabled(), true);
    await panel.getByLabel(/Type .revoke. to confirm/).fill("revoke");
    assert.deepEqual(await seriousFaults(page), []);
    await revoke.click();
    await page.getByText("The certificate is revoked").waitFor();
    const row = page.getByRole("row", { name: /Pomona's agent/ });
    await row.getByText(/its key may be in other hands/).waitFor();
    await page.getByText("Offline", { exact: true }).first().waitFor();
    const { items } = await running.api.call(listIdentities, { deviceId });
    assert.equal(items.find(({ role }) => role === "agent")?.reason, "keyCompromise");
    assert.deepEqual(errors, []);
  });

  test("a cloned Mac is named with the evidence, and released after what to do first was read", async () => {
    const mac = running.macs[0]!;
    const deviceId = running.deviceIds[0] ?? "";
    const folder = mkdtempSync(path.join(tmpdir(), "pomona-twin-"));
    const { page, go } = await running.open();
    await go("/certificates/quarantine");
    await page.getByText("No two Macs share an identity").waitFor();
    try {
      await using twin = await mac.clone(path.join(folder, "mac"));
      twin.mdm.use({ ...twin.mdm.state!, pushToken: randomBytes(32).toString("hex") });
      await until("quarantine", async () => {
        await twin.mdm.updateToken();
        // Signing times have whole seconds: within one, the same words are the same message.
        await wait(1100);
        await mac.mdm.updateToken();
        await wait(1100);
        return (await running.api.call(showDevice, { deviceId })).quarantine ?? undefined;
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const table = page.getByRole("table", { name: "Macs in quarantine" });
    await table.getByText(/Two Macs use this Mac's identity|Two running agents/).waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    await table.getByRole("link", { name: "Ana’s MacBook Pro" }).click();
    await page.getByText("In quarantine: orders and commands are held").waitFor();
    await page.getByRole("button", { name: "Release", exact: true }).click();
    await page.waitForURL(/\/certificates\/quarantine\?.*release=/);
    const panel = page.getByRole("complementary", { name: "Release Ana’s MacBook Pro" });
    await panel.getByRole("link", { name: "a link that names its serial number" }).waitFor();
    await panel.getByRole("button", { name: "Release it" }).click();
    await page.getByText("No two Macs share an identity").waitFor();
    assert.equal((await running.api.call(showDevice, { deviceId })).quarantine, null);
  });

  test("the authority page has what a RADIUS server needs", async () => {
    const { page, go } = await running.open();
    await go("/certificates/authority");
    await page
      .getByRole("button", { name: /Copy address .*\/pki\/.*\/crl/ })
      .first()
      .waitFor();
    await page.getByRole("button", { name: /Copy address .*\/ocsp/ }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download authority.pem" }).click(),
    ]);
    assert.equal(download.suggestedFilename(), "authority.pem");
    assert.deepEqual(await seriousFaults(page), []);
  });
});
