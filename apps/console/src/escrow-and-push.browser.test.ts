import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { listSecrets, rotateSecret, showRecovery } from "@pomona/contract";
import { withoutBrowser } from "./testing/chromium.ts";
import { startConsole, type TestConsole } from "./testing/harness.ts";
import { until } from "./testing/until.ts";

describe("escrow and push in the console", { skip: withoutBrowser }, () => {
  let running: TestConsole;
  before(async () => {
    running = await startConsole();
  });
  after(() => running?.[Symbol.asyncDispose]());

  test("a secret is shown only after a reason, and goes from the page when it is hidden", async () => {
    const deviceId = running.deviceIds[0] ?? "";
    await running.api.call(rotateSecret, { deviceId, kind: "recoveryLock" });
    const kind = await until("secret that can be shown", async () => {
      const { items } = await running.api.call(listSecrets, { deviceId });
      return items.find((each) => each.isRevealable)?.kind;
    });
    const { page, go, errors } = await running.open();
    await go(`/devices/${deviceId}/secrets?show=${kind}`);
    const show = page.getByRole("button", { name: "Show it" });
    await show.waitFor();
    await page.getByLabel("Reason").fill("too short");
    assert.equal(await show.isDisabled(), true);
    await page.getByLabel("Reason").fill("Ticket 4711: locked out");
    await show.click();
    await page.getByText("Shown for one minute").waitFor();
    const value = (await page.locator("aside pre").textContent()) ?? "";
    assert.ok(value.length >= 6);
    await page.getByRole("button", { name: "Hide it" }).click();
    await show.waitFor();
    assert.equal((await page.content()).includes(value), false);
    const { items } = await running.api.call(listSecrets, { deviceId });
    assert.notEqual(items.find((each) => each.kind === kind)?.lastRevealedAt, null);
    assert.deepEqual(errors, []);
  });

  test("before a drill has passed the pages of escrow and enrollment say so, and a wrong code changes nothing", async () => {
    const {
      api,
      dataDir,
      tenants: [tenant],
    } = running;
    const codeHash = createHash("sha256").update("A".repeat(24)).digest("hex");
    const { page, go, errors } = await running.open();
    await go("/enrollment");
    await page.getByText("No recovery bundle was ever made").waitFor();
    await go("/escrow");
    await page.getByText("No recovery bundle", { exact: true }).waitFor();
    const { dataKeys: kids } = await api.call(showRecovery, {});
    const tenants = [{ id: tenant.id, values: 1, unreadable: 0, kids }];
    const exported = {
      type: "exported",
      bundleId: "0195e4a0-0000-7000-8000-000000000000",
      at: Date.now(),
      by: "root",
      recipients: ["board"],
      codeHash,
      tenants,
    };
    await appendFile(path.join(dataDir, "recovery.jsonl"), `${JSON.stringify(exported)}\n`);
    await page.getByText("Recovery bundle never tested").waitFor();
    await page.getByLabel("Code of a drill").fill("B".repeat(24));
    await page.getByRole("button", { name: "Record the drill" }).click();
    await page.getByText(/No recovery bundle of this tenant has this code/).waitFor();
    await page.getByLabel("Code of a drill").fill("aaaaaa-aaaaaa-aaaaaa-aaaaaa");
    await page.getByRole("button", { name: "Record the drill" }).click();
    await page.getByText("Tested", { exact: true }).waitFor();
    await go("/enrollment");
    await page.getByRole("button", { name: "New enrollment link" }).first().waitFor();
    assert.equal(await page.getByText("recovery bundle", { exact: false }).count(), 0);
    assert.equal(errors.filter((each) => !each.includes("400")).length, 0);
  });

  for (const address of ["/secrets", "/escrow"])
    test(`${address} has no serious fault of accessibility`, async () => {
      const { page, go, errors } = await running.open();
      await go(address === "/escrow" ? address : `/devices/${running.deviceIds[0]}/secrets`);
      await page.getByText("FileVault recovery key").first().waitFor();
      if (address === "/escrow") await page.getByRole("table", { name: "How secrets are kept" }).waitFor();
      const { violations } = await new AxeBuilder({ page }).analyze();
      const faults = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      assert.deepEqual(
        faults.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
        [],
      );
      assert.deepEqual(errors, []);
    });

  test("the push page tells of the connection and the day, and a test push how long the Mac took", async () => {
    const { page, go, errors } = await running.open();
    await go("/enrollment/push");
    await page.getByText("Macs whose token Apple refuses").waitFor();
    await page.getByText("Last time Apple hung up").waitFor();
    await page.getByRole("combobox", { name: "Mac" }).fill("Ana");
    await page.getByRole("option", { name: /Ana/ }).click();
    await page.locator("section", { hasText: "Send a test push" }).getByRole("button", { name: "Send push" }).click();
    await page.getByText(/The Mac answered after/).waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(
      violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id),
      [],
    );
    assert.deepEqual(errors, []);
  });
});
