import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { withoutBrowser } from "./testing/chromium.ts";
import { startConsole, type TestConsole } from "./testing/harness.ts";

describe("the console in use", { skip: withoutBrowser }, () => {
  let running: TestConsole;
  before(async () => {
    running = await startConsole();
  });
  after(() => running?.[Symbol.asyncDispose]());

  test("a one-time link signs in once, and says so the second time", async () => {
    const address = new URL(running.firstSignInLink).pathname;
    const { page, go } = await running.open({ stranger: true });
    await go(address);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
    const second = await running.open({ stranger: true });
    await second.go(address);
    await second.page.getByRole("button", { name: "Sign in" }).click();
    await second.page.getByRole("alert").waitFor();
    assert.equal(await second.page.getByRole("navigation", { name: "Pages" }).count(), 0);
  });

  test("a wrong token is refused with a reason, and a page that was asked for comes after signing in", async () => {
    const { page, go } = await running.open({ stranger: true });
    await go("/devices?q=ana");
    assert.match(page.url(), /\/sign-in\?next=/);
    const field = page.getByLabel("Sign-in link or API token");
    await field.fill("not-a-token");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await field.fill(running.token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(/\/devices\?.*q=ana/);
  });

  test("filters stand in the address and survive a reload", async () => {
    const { page, go } = await running.open();
    await go("/devices");
    await page.getByLabel("Search name, serial number, model").fill("agent:online Ana");
    await page.keyboard.press("Enter");
    await page.waitForURL(/agent=online/);
    assert.equal(new URL(page.url()).searchParams.get("q"), "Ana");
    await page.getByText("1 Mac match").waitFor();
    await page.reload();
    await page.getByText("1 Mac match").waitFor();
    await page.getByRole("button", { name: "Remove the filter Agent: Online" }).click();
    await page.waitForURL((url) => !url.searchParams.has("agent"));
  });

  test("another tenant shows its own Macs and nothing of the first's", async () => {
    const { page, go } = await running.open();
    await go("/devices");
    await page.getByText("3 Macs").waitFor();
    await page.getByRole("button", { name: /^Tenant Orchard/ }).click();
    await page.getByRole("menuitem", { name: "Vineyard" }).click();
    await page.getByRole("heading", { name: "Vineyard" }).waitFor();
    await page.getByRole("link", { name: "Devices", exact: true }).click();
    await page.getByText("1 Mac", { exact: true }).waitFor();
    await go(`/devices/${running.deviceIds[0]}?tenant=${running.tenants[1].id}`);
    await page.getByRole("alert").waitFor();
  });

  test("a rule is written, previewed in words, and created", async () => {
    const { page, go, errors } = await running.open();
    await go("/protection/rules/new");
    await page.getByRole("textbox", { name: "Process name", exact: true }).fill("Miner");
    await page.getByLabel("Block", { exact: true }).check();
    await page.getByText("Kill every process whose name is Miner on all Macs.").waitFor();
    await page.getByLabel("Team ID").fill("short");
    await page.getByText("A team ID has ten letters and digits").waitFor();
    await page.getByLabel("Team ID").fill("");
    await page.getByLabel("Name *").fill("No mining");
    await page.getByRole("button", { name: "Show the API call" }).click();
    await page.getByText("$POMONA_TOKEN").waitFor();
    await page.getByRole("button", { name: "Create rule" }).click();
    await page.getByRole("heading", { name: "No mining" }).waitFor();
    assert.match(page.url(), /\/protection\/rules\/[0-9a-f-]{36}/);
    assert.deepEqual(errors, []);
  });

  test("the keyboard walks the list, opens a Mac, and goes to other pages", async () => {
    const { page, go } = await running.open();
    await go("/devices?sort=name");
    await page.getByRole("grid", { name: "Devices" }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByText("1 Mac chosen").waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/devices\/[0-9a-f-]{36}/);
    await page.keyboard.press("g");
    await page.keyboard.press("r");
    await page.waitForURL(/\/protection\/rules/);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("ControlOrMeta+k");
    await page.getByLabel("Search Macs, pages, actions").fill("Zoë");
    await page.getByRole("button", { name: /Zoë/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /Zoë/ }).waitFor();
  });

  test("the CSV holds exactly the columns and rows that are shown", async () => {
    const { page, go } = await running.open();
    await go("/devices?columns=name,serialNumber&sort=-name");
    await page.getByText("3 Macs").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "CSV" }).click(),
    ]);
    const lines = readFileSync(await download.path(), "utf8")
      .replace("\ufeff", "")
      .trimEnd()
      .split("\r\n");
    assert.equal(lines[0], "Name,Serial number");
    assert.equal(lines.length, 4);
    for (const mac of running.macs.slice(0, 3))
      assert.ok(lines.some((line) => line.endsWith(`,${mac.model.serialNumber}`)));
  });

  test("a Mac that goes is shown as offline without a reload", async () => {
    const { page, go } = await running.open();
    await go(`/devices/${running.deviceIds[2]}`);
    await page.getByText("Online", { exact: true }).first().waitFor();
    await running.macs[2]?.stopAgent();
    await page.getByText("Offline", { exact: true }).first().waitFor();
  });

  test("a script's output appears while it runs, with its end and the way it took", async () => {
    const { page, go } = await running.open();
    await go(`/devices/${running.deviceIds[0]}/orders/new`);
    await page
      .getByLabel("Script", { exact: true })
      .fill("#!/bin/sh\nfor i in 1 2 3; do echo line $i; sleep 0.2; done\n");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.waitForURL(/\/orders\/[0-9a-f-]{36}/);
    await page.getByRole("region", { name: "Output" }).getByText("line 3").waitFor();
    await page.getByText("Succeeded").first().waitFor();
    await page.getByText("Exit code 0").waitFor();
    await page.getByText("Received by live wire").waitFor();
  });
});
