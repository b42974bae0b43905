import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { listPolicies, listSecrets, rotateSecret } from "@pomona/contract";
import { withoutBrowser } from "./testing/chromium.ts";
import { startConsole, type TestConsole } from "./testing/harness.ts";
import { seriousFaults } from "./testing/serious-faults.ts";
import { until } from "./testing/until.ts";

describe("how secrets are kept, in the console", { skip: withoutBrowser }, () => {
  let running: TestConsole;
  before(async () => {
    running = await startConsole();
  });
  after(() => running?.[Symbol.asyncDispose]());

  test("a rule is changed within its bounds, and stands in the table at once", async () => {
    const { page, go, errors } = await running.open();
    await go("/escrow");
    const table = page.getByRole("table", { name: "How secrets are kept" });
    const row = table.getByRole("row", { name: /^Recovery lock password/ });
    await row.getByText("never by time").waitFor();
    await row.getByRole("button", { name: "Change: Recovery lock password" }).click();
    await page.waitForURL(/policy=recoveryLock/);
    const panel = page.getByRole("complementary", { name: "Recovery lock password" });
    await panel.getByText(/Where nobody says otherwise: replaced never by time/).waitFor();
    await panel.getByLabel("Replace it by time").check();
    const days = panel.getByLabel("Every so many days");
    assert.equal(await days.inputValue(), "90");
    await days.fill("5000");
    await panel.getByText("A whole number from 1 to 3,650.").waitFor();
    assert.equal(await panel.getByRole("button", { name: "Save" }).isDisabled(), true);
    await days.fill("30");
    assert.deepEqual(await seriousFaults(page), []);
    await panel.getByRole("button", { name: "Save" }).click();
    await row.getByText("every 30 days").waitFor();
    const { items } = await running.api.call(listPolicies, {});
    assert.equal(items.find(({ kind }) => kind === "recoveryLock")?.everyDays, 30);
    await go("/escrow?policy=lockPin");
    await page.getByText(/This kind cannot be replaced from here/).waitFor();
    assert.deepEqual(errors, []);
  });

  test("a new certificate for recovery keys is made after the consequence was read", async () => {
    const { page, go } = await running.open();
    await go("/escrow");
    const section = page.getByRole("region", { name: "Certificate for recovery keys" });
    await section.getByText("this one", { exact: true }).waitFor();
    await section.getByRole("button", { name: "Make a new one" }).click();
    const panel = page.getByRole("complementary", { name: "A new certificate for recovery keys" });
    await panel.getByText(/The old key stays here/).waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    await panel.getByRole("button", { name: "Make it" }).click();
    await section.getByText("this one and 1 before it").waitFor();
  });

  test("a recovery lock is proven and taken off a Mac, with what that means for whoever has it in hand", async () => {
    const [deviceId, mac] = await appleSilicon(running);
    await running.api.call(rotateSecret, { deviceId, kind: "recoveryLock" });
    // Both commands wait for their undo windows.
    await until(
      "recovery lock",
      async () => {
        const { items } = await running.api.call(listSecrets, { deviceId });
        return items.find(({ kind, state }) => kind === "recoveryLock" && state === "held");
      },
      180_000,
    );
    assert.notEqual(mac.model.recoveryLock, undefined);
    const { page, go, errors } = await running.open();
    await go(`/devices/${deviceId}/secrets`);
    await page.getByRole("button", { name: "Prove on the Mac: Recovery lock password" }).click();
    await page.getByText("Recovery lock password: being proven").waitFor();
    await page.getByRole("button", { name: "Take off the Mac: Recovery lock password" }).click();
    const panel = page.getByRole("complementary", { name: /^Take off the Mac/ });
    await panel.getByText(/can start recoveryOS without a password/).waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    await panel.getByRole("button", { name: "Take it off" }).click();
    await until(
      "Mac without a lock",
      () => Promise.resolve(mac.model.recoveryLock === undefined ? true : undefined),
      180_000,
    );
    await page.getByRole("button", { name: "Take off the Mac: Recovery lock password" }).waitFor({ state: "detached" });
    assert.deepEqual(errors, []);
  });
});

/** A Mac of the fleet that can have a recovery lock. */
const appleSilicon = async ({ api, deviceIds, macs }: TestConsole) => {
  for (const [index, deviceId] of deviceIds.entries()) {
    const { items } = await api.call(listSecrets, { deviceId });
    const lock = items.find(({ kind }) => kind === "recoveryLock");
    if (lock?.canRotate === true) return [deviceId, macs[index]!] as const;
  }
  throw new Error("no Mac of the fleet has Apple silicon");
};
