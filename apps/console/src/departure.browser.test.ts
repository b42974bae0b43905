import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { listCommands, showDeparture } from "@pomona/contract";
import type { Page } from "playwright-core";
import { withoutBrowser } from "./testing/chromium.ts";
import { startConsole, type TestConsole } from "./testing/harness.ts";
import { seriousFaults } from "./testing/serious-faults.ts";

describe("the runbook for a departed user's Mac", { skip: withoutBrowser }, () => {
  let running: TestConsole;
  before(async () => {
    running = await startConsole();
  });
  after(() => running?.[Symbol.asyncDispose]());

  const step = (page: Page, title: string) => page.getByRole("listitem", { name: title, exact: true });

  test("is walked from the first look to a Mac that the next person can use, without a reload", async () => {
    const mac = running.macs[0]!;
    const deviceId = running.deviceIds[0] ?? "";
    const gone = mac.model.users.find((user) => user.hasSecureToken)!;
    await mac.login(gone.name);
    const { page, go, errors } = await running.open();
    await go(`/devices/${deviceId}`);
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "The user has left" }).click();
    await page.getByRole("button", { name: "Start the runbook" }).click();

    // What the virtual Mac has in escrow decides whether the first step ends by itself.
    const escrow = step(page, "Check what is in escrow");
    const decide = step(page, "Erase, or hand over");
    await escrow.getByText("The bootstrap token is in escrow.").waitFor();
    await page.getByText(/Step [12] of 6, .*: needs you/).waitFor();
    if ((await escrow.getAttribute("aria-current")) === "step") {
      await escrow.getByText("sudo profiles status -type bootstraptoken").waitFor();
      await escrow.getByRole("button", { name: "Skip this step" }).click();
      await escrow.getByLabel("Why is it skipped?").fill("Its disk is opened by its owner");
      await escrow.getByRole("button", { name: "Skip it" }).click();
      await escrow.getByText(/^Skipped by .*Its disk is opened by its owner$/).waitFor();
    }

    await decide.getByRole("radio", { name: "Erase it" }).check();
    assert.equal(await decide.getByRole("button", { name: "Erase this Mac" }).isDisabled(), true);
    await decide.getByRole("radio", { name: "Hand it over" }).check();
    assert.deepEqual(await seriousFaults(page), []);
    await decide.getByRole("button", { name: "Hand it over" }).click();

    await step(page, "Update macOS").getByText("softwareupdate --list").waitFor();
    await go("/escrow");
    const open = page.getByRole("table", { name: "Macs of people who have left" });
    await open.getByRole("cell", { name: /^Update macOS/ }).waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    await open.getByRole("link").click();

    const update = step(page, "Update macOS");
    await update.getByText("softwareupdate --list").waitFor();
    await update.getByRole("button", { name: "Mark as done by hand" }).click();

    const account = step(page, "Choose the next person's account");
    await account.getByText(new RegExp(`^${gone.name}.*has a secure token$`)).waitFor();
    await account.getByLabel("Short name").fill("Next Person");
    await account.getByText(/^Small letters, digits/).waitFor();
    await account.getByLabel("Short name").fill("next.person");
    await account.getByLabel("Full name").fill("Next Person");
    await account.getByRole("button", { name: "Make the account" }).click();

    const login = step(page, "Log in once at the Mac");
    await login.getByText("Have next.person log in once at the Mac's own login window.").waitFor();
    await login.getByText(/Nobody can log in from afar/).waitFor();
    await login.getByText("sysadminctl -secureTokenStatus next.person").waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    await login.getByRole("button", { name: "Look whether they logged in" }).click();
    await login.getByText("next.person has no secure token yet.").waitFor();
    await mac.login("next.person");
    await login.getByRole("button", { name: "Look whether they logged in" }).click();
    await login.getByText("next.person logged in and has a secure token.").waitFor();

    const verify = step(page, "Verify");
    await verify.getByText("next.person has a secure token and owns the volume.").waitFor();
    if ((await verify.getAttribute("aria-current")) === "step")
      await verify.getByRole("button", { name: "Mark as done by hand" }).click();
    await page.getByText("The runbook is done: the Mac was handed over").waitFor();
    const { departure } = await running.api.call(showDeparture, { deviceId });
    assert.deepEqual(
      [departure?.state, departure?.account?.name, departure?.steps.find((each) => each.step === "login")?.state],
      ["done", "next.person", "done"],
    );
    assert.deepEqual(errors, []);
  });

  test("is stopped after the consequence was read, and begins anew", async () => {
    const { page, go } = await running.open();
    await go(`/devices/${running.deviceIds[1]}/departure`);
    await page.getByRole("button", { name: "Start the runbook" }).click();
    await page.getByRole("button", { name: "Stop the runbook" }).click();
    await page.getByText(/What was done stays done/).waitFor();
    assert.match(page.url(), /stop=1/);
    await page.getByRole("button", { name: "Stop it", exact: true }).click();
    await page.getByText("The runbook was stopped").waitFor();
    await page.getByRole("button", { name: "Start it again" }).click();
    await page.getByText(/^Step 1 of 6/).waitFor();
  });

  test("erases only after the typed word, and the Mac gets the command", async () => {
    const deviceId = running.deviceIds[2] ?? "";
    const { page, go } = await running.open();
    await go(`/devices/${deviceId}/departure`);
    await page.getByRole("button", { name: "Start the runbook" }).click();
    const escrow = step(page, "Check what is in escrow");
    const decide = step(page, "Erase, or hand over");
    await page.getByText(/Step [12] of 6, .*: needs you/).waitFor();
    if ((await escrow.getAttribute("aria-current")) === "step")
      await escrow.getByRole("button", { name: "Mark as done by hand" }).click();
    await decide.getByRole("radio", { name: "Erase it" }).check();
    const erase = decide.getByRole("button", { name: "Erase this Mac" });
    await decide.getByLabel(/Type .erase. to confirm/).fill("eras");
    assert.equal(await erase.isDisabled(), true);
    await decide.getByLabel(/Type .erase. to confirm/).fill("erase");
    await erase.click();
    await page.getByText("The runbook is done: the Mac is being erased").waitFor();
    const { items } = await running.api.call(listCommands, { deviceId });
    assert.ok(items.some(({ requestType }) => requestType === "EraseDevice"));
  });
});
