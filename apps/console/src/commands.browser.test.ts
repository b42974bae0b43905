import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import {
  createBatch,
  listCommands,
  listDeadLetters,
  type listReinstalls,
  type OutputOf,
  sendCommand,
  setLimits,
} from "@pomona/contract";
import type { Page } from "playwright-core";
import { withoutBrowser } from "./testing/chromium.ts";
import { startConsole, type TestConsole } from "./testing/harness.ts";
import { until } from "./testing/until.ts";

const PLIST = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>RequestType</key><string>NoSuchThing</string></dict></plist>`;

const seriousFaults = async (page: Page): Promise<readonly string[]> => {
  await page.waitForFunction(() => document.getAnimations().every((each) => each.playState !== "running"));
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
};

describe("commands in the console", { skip: withoutBrowser }, () => {
  let running: TestConsole;
  before(async () => {
    running = await startConsole();
    // On a slow machine half a minute is over before a person has clicked twice.
    await running.api.call(setLimits, { risk: "destructive", undoSeconds: 600 });
  });
  after(() => running?.[Symbol.asyncDispose]());

  const sentTo = (mac: number, requestType: string): number =>
    running.macs[mac]?.journal.entries.filter(({ kind, detail }) => kind === "command" && detail.includes(requestType))
      .length ?? 0;
  const stateOf = async (mac: number, requestType: string) =>
    (await running.api.call(listCommands, { deviceId: running.deviceIds[mac] ?? "" })).items.find(
      (command) => command.requestType === requestType,
    )?.state;

  test("a command to chosen Macs is previewed, sent as a batch, and its progress is seen as the Macs answer", async () => {
    let mayAnswer = () => {};
    running.macs[1]?.sayNotNow(new Promise<void>((resolve) => (mayAnswer = resolve)));
    const { page, go, errors } = await running.open();
    await go("/devices?sort=name");
    await page.getByRole("grid", { name: "Devices" }).waitFor();
    for (const name of [/Ana/, /مكتب/]) await page.getByRole("checkbox", { name }).check();
    await page.getByRole("button", { name: "Send a command to 2 Macs" }).click();
    await page.getByText("Choose a command.").waitFor();
    await page.getByRole("combobox", { name: "Command" }).fill("ProfileL");
    await page.getByRole("option", { name: "ProfileList", exact: true }).click();
    await page.getByText("ProfileList to 2 Macs").waitFor();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Which profiles");
    await page.getByRole("button", { name: "Send to 2 Macs" }).click();
    await page.getByRole("heading", { name: "Which profiles" }).waitFor();
    await page.getByText("1 of 2 acknowledged").waitFor();
    await page.getByRole("link", { name: "Not now: show 1" }).click();
    await page.getByRole("heading", { name: "Macs that have not answered" }).waitFor();
    mayAnswer();
    await page.getByText("2 of 2 acknowledged").waitFor();
    await page.getByText("Done", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Commands", exact: true }).first().click();
    await page.getByRole("link", { name: "Which profiles" }).waitFor();
    assert.deepEqual(errors, []);
  });

  test("a filter of the list of Macs becomes a batch; what failed is counted by its reason and sent again", async () => {
    const { page, go, errors } = await running.open();
    await go("/devices?q=Ana");
    await page.getByRole("button", { name: "Send a command to 1 Mac" }).click();
    await page.getByRole("combobox", { name: "Command" }).fill("RemoveApp");
    await page.getByRole("option", { name: "RemoveApplication" }).click();
    await page.getByLabel("Identifier").fill("com.example.none");
    await page.getByRole("button", { name: "Send to 1 Mac" }).click();
    await page.getByRole("heading", { name: "RemoveApplication" }).waitFor();
    // What changes Macs can be taken back for thirty seconds.
    await page.getByRole("list", { name: "Why it failed" }).getByRole("link").click({ timeout: 60_000 });
    await page.waitForURL(/show=failed/);
    await page.getByRole("checkbox", { name: /^Select Ana/ }).check();
    await page.getByRole("button", { name: "Retry 1 command" }).click();
    await page.getByText("Sent again: 1 command").waitFor();
    await page.getByRole("grid", { name: "Macs of the batch" }).getByText("Sent again").waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    assert.deepEqual(errors, []);
  });

  test("a batch is paused, goes on, and its rest is cancelled after the consequence was read", async () => {
    running.macs[1]?.sayNotNow(100_000);
    const batch = await running.api.call(createBatch, { requestType: "UserList", filter: {}, name: "Who is there" });
    const { page, go, errors } = await running.open();
    await go(`/commands/batches/${batch.id}`);
    await page.getByText("2 of 3 acknowledged").waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused: what was not sent waits until someone resumes it").waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("Sending", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Cancel the rest" }).click();
    await page.getByText("1 Mac will not get UserList any more.").waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    await page.getByRole("button", { name: "Cancel for 1 Mac" }).click();
    await page.getByText("Cancelled", { exact: true }).first().waitFor();
    running.macs[1]?.sayNotNow(0);
    assert.deepEqual(errors, []);
  });

  test("what destroys asks for its name, counts the Macs and the time down, and can be cancelled whole", async () => {
    const { page, go, errors } = await running.open();
    await go("/commands/new?type=DeviceLock&who=all");
    await page.getByText("Fill in what the command needs.").waitFor();
    await page.getByLabel("Pin").fill("12");
    await page.getByText("Expected: six digits").waitFor();
    await page.getByLabel("Pin").fill("123456");
    await page.getByText("This cannot be undone on 3 Macs").waitFor();
    const send = page.getByRole("button", { name: "Send to 3 Macs" });
    assert.equal(await send.isDisabled(), true);
    await page.getByLabel("Type DeviceLock to confirm").fill("DeviceLock");
    assert.deepEqual(await seriousFaults(page), []);
    await send.click();
    await page.getByRole("timer").filter({ hasText: / s$/ }).waitFor();
    await page.getByRole("button", { name: "Cancel it whole" }).click();
    await page.getByText("Cancelled", { exact: true }).first().waitFor();
    assert.equal(await page.getByRole("timer").count(), 0);
    for (const mac of [0, 1, 2]) assert.equal(sentTo(mac, "DeviceLock"), 0);
    assert.deepEqual(errors, []);
  });

  test("an unchecked property list goes out only after a word, shows what speaks against it, and is taken back", async () => {
    const { page, go, errors } = await running.open();
    await go(`/devices/${running.deviceIds[0]}/commands?send=raw`);
    await page.getByRole("textbox", { name: "Property list" }).fill(PLIST);
    const send = page.getByRole("button", { name: "Send it unchecked" });
    assert.equal(await send.isDisabled(), true);
    await page.getByLabel("Type unchecked to confirm").fill("unchecked");
    await send.click();
    await page.getByText("NoSuchThing is pending, with").waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByText("unchecked property list").waitFor();
    await page.getByRole("timer").waitFor();
    await page.getByRole("link", { name: "NoSuchThing" }).click();
    await page.getByText("no: a property list as a person wrote it").waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Cancel all unsent" }).click();
    await page.getByRole("button", { name: "The Mac gets none of them. Cancel 1 command" }).click();
    await page.getByText("1 command taken back").waitFor();
    await page.getByText("Nothing is waiting for this Mac.").waitFor();
    assert.equal(await stateOf(0, "NoSuchThing"), "cancelled");
    assert.deepEqual(errors, []);
  });

  test("what was given up is listed with its reason the moment it happens, sent again, or let be", async () => {
    const deviceId = running.deviceIds[2] ?? "";
    running.macs[2]?.sayNotNow(100_000);
    const { page, go, errors } = await running.open();
    await go("/commands/dead-letters");
    await page.getByText("No dead letters").waitFor();
    for (const requestType of ["UserList", "CertificateList"])
      await running.api.call(sendCommand, { deviceId, requestType, expiresInSeconds: 1 });
    await page.getByRole("checkbox", { name: "Select UserList" }).waitFor({ timeout: 60_000 });
    await page.getByRole("checkbox", { name: "Select CertificateList" }).waitFor({ timeout: 60_000 });
    await page.getByText("It was not answered in time.").first().waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    running.macs[2]?.sayNotNow(0);
    await page.getByRole("checkbox", { name: "Select UserList" }).check();
    await page.getByRole("button", { name: "Retry 1 command" }).click();
    await page.getByText("Sent again: 1 command").waitFor();
    await page.getByRole("checkbox", { name: "Select UserList" }).waitFor({ state: "detached" });
    await until("second life of the command", async () =>
      (await stateOf(2, "UserList")) === "acknowledged" ? true : undefined,
    );
    await page.getByRole("button", { name: "Choose all 1" }).click();
    await page.getByRole("region", { name: "Chosen commands" }).getByRole("button", { name: "Dismiss" }).click();
    await page.getByText("No dead letters").waitFor();
    assert.deepEqual((await running.api.call(listDeadLetters, {})).items, []);
    assert.deepEqual(errors, []);
  });

  test("silent agents are told by state and attempt, and the first page says when some were given up", async () => {
    const [trying = "", gaveUp = ""] = running.deviceIds;
    const times = { lastAttemptAt: "2026-11-20T10:00:00.000Z", agentLastSeenAt: "2026-11-01T10:00:00.000Z" };
    const items: OutputOf<typeof listReinstalls>["items"] = [
      { deviceId: trying, name: "Ana", state: "trying", attempts: 2, outcome: "Taken.", ...times, nextAttemptAt: null },
      {
        deviceId: gaveUp,
        name: "Desk",
        state: "gaveUp",
        attempts: 5,
        outcome: "No answer.",
        ...times,
        nextAttemptAt: null,
      },
    ];
    const { page, go, errors } = await running.open();
    // It takes days until there is one: the server's answer is written down here, in the contract's words.
    await page.route("**/api/v1/agent-reinstalls*", (route) => {
      const state = new URL(route.request().url()).searchParams.get("state");
      return route.fulfill({
        json: { items: items.filter((each) => state === null || each.state === state), nextCursor: null },
      });
    });
    await go("/");
    await page.getByText("The agent of 1 Mac was installed again and never came").waitFor();
    await page.getByRole("link", { name: "See which" }).click();
    await page.getByRole("row", { name: /Desk.*Given up.*5.*No answer\./ }).waitFor();
    assert.equal(await page.getByRole("link", { name: "Ana" }).count(), 0);
    await page.getByRole("button", { name: "Remove the filter State: Given up" }).click();
    await page.getByRole("row", { name: /Ana.*Installing again.*2.*Taken\./ }).waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    assert.deepEqual(errors, []);
  });

  test("after a restored backup the first page says what is held; the past is discarded and the rest released", async () => {
    const [first = "", second = ""] = running.deviceIds;
    let mayAnswer = () => {};
    running.macs[1]?.sayNotNow(new Promise<void>((resolve) => (mayAnswer = resolve)));
    await running.api.call(sendCommand, { deviceId: second, requestType: "UserList" });
    await running.api.call(sendCommand, { deviceId: first, requestType: "DeviceLock", input: { pin: "123456" } });
    await running.restoreBackup();
    const { page, go } = await running.open();
    await go("/");
    await page.getByText(/Held after a restored backup: \d commands?/).waitFor();
    await page.getByRole("link", { name: "Decide" }).click();
    await page.getByText("A backup was restored, and nothing of it is sent by itself").waitFor();
    await page.getByRole("checkbox", { name: "Select DeviceLock" }).check();
    assert.deepEqual(await seriousFaults(page), []);
    await page.getByRole("button", { name: "Release all" }).click();
    await page.getByText(/^Cannot be undone: DeviceLock to Ana/).waitFor();
    await page.getByRole("button", { name: "Keep holding" }).click();
    await page.getByRole("button", { name: "Discard 1", exact: true }).click();
    await page.getByRole("button", { name: "Discard 1 thing" }).click();
    await page.getByRole("checkbox", { name: "Select DeviceLock" }).waitFor({ state: "detached" });
    assert.equal(await stateOf(0, "DeviceLock"), "cancelled");
    await page.getByRole("button", { name: "Release all" }).click();
    await page.getByRole("button", { name: /^Release \d command/ }).click();
    await page.getByText("Nothing is held").waitFor();
    await page.waitForURL((url) => !url.searchParams.has("ask"));
    mayAnswer();
    await until("released command", async () => ((await stateOf(1, "UserList")) === "acknowledged" ? true : undefined));
    assert.equal(sentTo(0, "DeviceLock"), 0);
  });

  test("a tighter limit counts at once and refuses what goes beyond, a looser one is announced on the first page", async () => {
    const { page, go } = await running.open();
    await go("/settings/limits");
    const change = async (perActor: string, notice: RegExp) => {
      await page.getByRole("button", { name: "Change the limits of destructive" }).click();
      await page.getByLabel("Macs in an hour, for one person or token").fill(perActor);
      await page.getByText(notice).waitFor();
      await page.getByRole("button", { name: "Change the limits", exact: true }).click();
    };
    await change("1", /^At once: Macs in an hour for one person/);
    await page.getByRole("row", { name: /Destructive.* 1 40 / }).waitFor();
    await go("/commands/new?type=DeviceLock&who=all");
    await page.getByLabel("Pin").fill("123456");
    await page.getByLabel("Type DeviceLock to confirm").fill("DeviceLock");
    await page.getByRole("button", { name: "Send to 3 Macs" }).click();
    await page.getByRole("alert").filter({ hasText: "budget.exceeded" }).waitFor();
    await go("/settings/limits");
    await page
      .getByRole("table", { name: "Tries to go beyond a limit" })
      .getByRole("row", { name: /batches\.create.* \d+ 1$/ })
      .waitFor();
    await change("50", /^In an hour: Macs in an hour for one person/);
    await page.getByText("Looser soon: 50 and 40 Macs").waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    await go("/");
    await page.getByText("Looser limits are coming: destructive").waitFor();
  });
});
