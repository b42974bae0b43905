import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import {
  type EnrollmentRefusal,
  listInvitations,
  showEnrollmentPolicy,
  showMovingIn,
  showNetworkUserPolicy,
  showPush,
} from "@pomona/contract";
import { buildXmlPlist } from "@pomona/plist";
import { withoutBrowser } from "./testing/chromium.ts";
import { startConsole, type TestConsole } from "./testing/harness.ts";
import { seriousFaults } from "./testing/serious-faults.ts";

describe("how Macs come in, in the console", { skip: withoutBrowser }, () => {
  let running: TestConsole;
  before(async () => {
    running = await startConsole();
  });
  after(() => running?.[Symbol.asyncDispose]());

  test("the enrollment policy is changed, and a new link follows it or says otherwise", async () => {
    const { page, go, errors } = await running.open();
    await go("/enrollment/policy");
    const panel = page.getByRole("region", { name: "How Macs get their identity" });
    await panel.getByText("This server cannot check what Apple attests").waitFor();
    assert.equal(await panel.getByRole("radio", { name: /or no enrollment$/ }).isDisabled(), true);
    assert.equal(await panel.getByRole("button", { name: "Save" }).isDisabled(), true);
    await panel.getByRole("radio", { name: /^ACME where/ }).check();
    await panel.getByRole("button", { name: "Save" }).click();
    await page.getByText("New enrollment links follow the new rule").waitFor();
    assert.equal((await running.api.call(showEnrollmentPolicy, {})).identity, "acme-if-possible");

    const users = page.getByRole("region", { name: "Network users" });
    await users.getByRole("radio", { name: "They get a management channel of their own" }).check();
    await users.getByRole("button", { name: "Save" }).click();
    await page.getByText("The rule for network users is in force").waitFor();
    assert.equal((await running.api.call(showNetworkUserPolicy, {})).networkUsers, "accept");
    assert.deepEqual(await seriousFaults(page), []);

    await go("/enrollment?new=1&name=Ana%20anew&serial=C02ABC");
    const form = page.getByRole("complementary", { name: "New enrollment link" });
    assert.equal(await form.getByLabel("Only for serial number").inputValue(), "C02ABC");
    const identity = form.getByRole("combobox", { name: "How the Mac gets its identity" });
    await form.getByPlaceholder(/By the policy: ACME where/).waitFor();
    await identity.click();
    await page.getByRole("option", { name: "SCEP", exact: true }).click();
    await form.getByRole("button", { name: "Make the link" }).click();
    await form.getByText("The link is ready").waitFor();
    const { items } = await running.api.call(listInvitations, {});
    const made = items.find(({ name }) => name === "Ana anew");
    assert.deepEqual([made?.identity, made?.serialNumber], ["scep", "C02ABC"]);
    assert.deepEqual(errors, []);
  });

  test("the first page says that a recorded message was played back, and leads to what was refused", async () => {
    const [deviceId = ""] = running.deviceIds;
    const refusal = { detail: null, times: 1, deviceId: null, deviceName: null, claimedSerialNumber: null };
    const when = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString();
    const seen = (daysAgo: number) => ({ id: randomUUID(), firstAt: when(daysAgo), lastAt: when(daysAgo) });
    const place = { claimedUdid: "UDID-1", address: "203.0.113.7" };
    const detail = "CheckOut that was taken in before came again";
    const items: readonly EnrollmentRefusal[] = [
      { ...refusal, ...seen(6.9), ...place, reason: "replay", detail, times: 12, deviceId, deviceName: "Ana" },
      { ...refusal, ...seen(8), ...place, reason: "known-device", claimedSerialNumber: "C02STRANGER" },
    ];
    let isOld = false;
    const { page, go, errors } = await running.open();
    // A replay is one after five minutes: the server's answer is written down here, in the contract's words.
    await page.route("**/api/v1/enrollment-refusals*", (route) => {
      const reason = new URL(route.request().url()).searchParams.get("reason");
      const asked = items.filter((each) => reason === null || each.reason === reason);
      return route.fulfill({
        json: { items: isOld ? asked.map((each) => ({ ...each, lastAt: when(7.1) })) : asked, nextCursor: null },
      });
    });
    await go("/");
    await page.getByText("Recorded messages of 1 Mac were played back, and refused").waitFor();
    await page.getByText(/The last came .* from 203\.0\.113\.7/).waitFor();
    await page.getByRole("link", { name: "See them" }).click();
    const row = page.getByRole("row", {
      name: /A recorded message was played back.*CheckOut that was taken in.*12.*Ana/,
    });
    await row.waitFor();
    assert.equal(await page.getByText("C02STRANGER").count(), 0);
    await page.getByRole("button", { name: /^Remove the filter Reason/ }).click();
    await page.getByRole("row", { name: /claims to be a Mac that is enrolled.*no Mac yet.*C02STRANGER/ }).waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    isOld = true;
    await go("/");
    await page.getByText("Recent activity").waitFor();
    assert.equal(await page.getByText("were played back").count(), 0, "after a week it is quiet");
    assert.deepEqual(errors, []);
  });

  test("a file of another server is tried, says what comes over and what does not, and is taken over", async (t) => {
    const { topic } = await running.api.call(showPush, {});
    const folder = mkdtempSync(path.join(tmpdir(), "pomona-export-"));
    // The browser reads the file when the page asks for it, which may be later.
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const { page, go, errors } = await running.open();
    writeFileSync(path.join(folder, "moving.jsonl"), exportOf(topic ?? "", running.apns.authority.rootPem));
    await go("/enrollment/moving-in");
    await page.getByText("No Mac has moved in").waitFor();
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      page.getByRole("button", { name: "Choose a file" }).click(),
    ]);
    await chooser.setFiles(path.join(folder, "moving.jsonl"));
    await page.getByText(/moving\.jsonl: 6 records|6 records/).waitFor();
    await page.getByRole("button", { name: "Try it without changing anything" }).click();
    await page.getByText("3 would come over, 0 are here already, 3 would be refused. Nothing was changed.").waitFor();
    const tried = page.getByRole("table", { name: "What would come over" });
    await tried.getByRole("row", { name: /com\.apple\.mgmt\.External\.other/ }).waitFor();
    await tried.getByText("It is not a record", { exact: false }).waitFor();
    await tried.getByText("the line is not JSON").waitFor();
    await tried.getByText(/Does not: .*commands that wait on the old server/).waitFor();
    assert.equal((await running.api.call(showMovingIn, {})).imported, 0, "trying changes nothing");
    assert.deepEqual(await seriousFaults(page), []);

    await page.getByRole("button", { name: "Take over 3 records" }).click();
    await page.getByText("3 came over, 0 are here already, 3 were refused.").waitFor();
    await page.getByText("1 still away").waitFor();
    assert.equal((await running.api.call(showMovingIn, {})).imported, 1);

    await page.getByText("1 Mac was taken over without a certificate.", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Open the window" }).click();
    await page.getByText("Window open").waitFor();
    assert.notEqual((await running.api.call(showMovingIn, {})).windowUntil, null);
    await page.getByRole("button", { name: "Close it now" }).click();
    await page.getByText("Window closed").waitFor();
    assert.deepEqual(
      errors.filter((error) => !/status of 400/.test(error)),
      [],
    );
  });
});

/** Six lines: profile, issuer and a Mac that can come over; a Mac of another topic, no record, and no JSON. */
const exportOf = (topic: string, issuer: string): string => {
  const payload = {
    PayloadType: "com.apple.mdm",
    PayloadIdentifier: "org.example.old.mdm",
    PayloadUUID: randomUUID().toUpperCase(),
    ServerURL: "https://mdm.old.example/mdm",
    Topic: topic,
    AccessRights: 8191,
  };
  const profile = buildXmlPlist({
    PayloadType: "Configuration",
    PayloadIdentifier: "org.example.old",
    PayloadUUID: randomUUID().toUpperCase(),
    PayloadContent: [payload],
  });
  const mac = { kind: "enrollment", identifier: randomUUID().toUpperCase(), pushToken: "aabb", pushMagic: "magic" };
  return [
    JSON.stringify({ kind: "header", from: "an old server" }),
    JSON.stringify({ kind: "enrollment-profile", profile: Buffer.from(profile).toString("base64") }),
    JSON.stringify({ kind: "issuer", certificate: issuer }),
    JSON.stringify({ ...mac, topic, serialNumber: "C02MOVED1", deviceName: "Moved" }),
    JSON.stringify({ ...mac, identifier: randomUUID().toUpperCase(), topic: "com.apple.mgmt.External.other" }),
    JSON.stringify({ kind: "enrollment", surprise: true }),
    "{ not json",
  ].join("\n");
};
