import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import {
  createBatch,
  createRule,
  listDeadLetters,
  listIncidents,
  listRevocations,
  placeOrder,
  renewDevice,
  sendCommand,
  showRule,
  startDeparture,
} from "@pomona/contract";
import type { Page } from "playwright-core";
import { withoutBrowser } from "./testing/chromium.ts";
import { startConsole, type TestConsole } from "./testing/harness.ts";
import { initialScriptBytes } from "./testing/initial-scripts.ts";
import { type PageSubjects, pagesOf } from "./testing/pages.ts";
import { until } from "./testing/until.ts";

const SCREENSHOTS = path.join(import.meta.dirname, "../screenshots");
const BLOCKED = "/Applications/Transmission.app/Contents/MacOS/Transmission";

/** A batch, and a command that was given up because its Mac never found the moment for it. */
const makeCommands = async ({ api, deviceIds, macs }: TestConsole): Promise<{ batchId: string; commandId: string }> => {
  macs[2]?.sayNotNow(100_000);
  await api.call(sendCommand, { deviceId: deviceIds[2] ?? "", requestType: "UserList", expiresInSeconds: 1 });
  const { id: batchId } = await api.call(createBatch, {
    requestType: "SecurityInfo",
    filter: {},
    name: "Monthly look",
  });
  const { id: commandId } = await api.call(sendCommand, { deviceId: deviceIds[0] ?? "", requestType: "ProfileList" });
  await until("dead letter", async () => (await api.call(listDeadLetters, {})).items[0]);
  return { batchId, commandId };
};

/** An order, a rule and an incident, so that no page is empty. */
const makeSubjects = async (running: TestConsole): Promise<PageSubjects> => {
  const { api, deviceIds, macs } = running;
  const deviceId = deviceIds[0] ?? "";
  const order = await api.call(placeOrder, {
    deviceId,
    type: "run-script",
    input: { script: "#!/bin/sh\necho hello\n" },
  });
  await api.call(startDeparture, { deviceId });
  await api.call(renewDevice, { deviceId });
  // One renewal that is over leaves a revoked certificate, one that waits a row in the list.
  const waiting = macs[2];
  if (waiting !== undefined) waiting.mdm.misbehaviour.notNowTimes = 1_000_000;
  await api.call(renewDevice, { deviceId: deviceIds[2] ?? "" });
  await until("revoked certificate", async () => (await api.call(listRevocations, {})).items[0]);
  const rule = await api.call(createRule, {
    name: "Block BitTorrent clients",
    match: { path: { exact: BLOCKED } },
    mode: "block",
    message: { text: "Transmission is not allowed here. Ask IT." },
    scope: { tenant: true },
  });
  await until("Mac that holds the rule", async () => {
    const { rollout } = await api.call(showRule, { ruleId: rule.id });
    return rollout.confirmed >= 3 ? true : undefined;
  });
  await macs[0]?.launchApp({ path: BLOCKED, teamId: "EQHXZ8M8AV", signingId: "org.m0k.transmission" });
  const incident = await until("incident", async () => (await api.call(listIncidents, {})).items[0]);
  const commands = await makeCommands(running);
  return { deviceId, orderId: order.id, ruleId: rule.id, incidentId: incident.id, ...commands };
};

type Violations = Awaited<ReturnType<AxeBuilder["analyze"]>>["violations"];

/** The page's structure is the same in each look: all rules once, in the dark only those of colour, narrow none. */
const violationsOf = async (page: Page, look: "light" | "dark" | "narrow"): Promise<Violations> => {
  if (look === "narrow") return [];
  const axe = new AxeBuilder({ page });
  return (await (look === "dark" ? axe.withRules(["color-contrast"]) : axe).analyze()).violations;
};

describe("every page", { skip: withoutBrowser }, () => {
  let running: TestConsole;
  let subjects: PageSubjects;
  before(async () => {
    running = await startConsole();
    subjects = await makeSubjects(running);
    mkdirSync(SCREENSHOTS, { recursive: true });
  });
  after(() => running?.[Symbol.asyncDispose]());

  test("asks for less than 250 kB of compressed script at first", () => {
    assert.ok(initialScriptBytes(path.join(import.meta.dirname, "../dist")) < 250_000);
  });

  for (const look of ["light", "dark", "narrow"] as const)
    test(`is drawn without an error and without a serious fault of accessibility (${look})`, async () => {
      const { page, go, errors } = await running.open({ dark: look === "dark", width: look === "narrow" ? 420 : 1440 });
      const faults = new Set<string>();
      for (const [name, address, text] of pagesOf(subjects)) {
        await go(address);
        await page.getByText(text).first().waitFor({ state: "attached" });
        await page.waitForLoadState("load");
        // Axe would measure the contrast of a panel that is still fading in.
        await page.waitForFunction(() => document.getAnimations().every((each) => each.playState !== "running"));
        await page.screenshot({ path: path.join(SCREENSHOTS, `${name}-${look}.png`) });
        for (const { id, impact, nodes } of await violationsOf(page, look))
          if (impact === "serious" || impact === "critical")
            faults.add(
              `${id}: ${name}: ${nodes
                .slice(0, 3)
                .map(({ html }) => html.slice(0, 200))
                .join(" | ")}`,
            );
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (overflow > 0) faults.add(`${name}: ${overflow} px wider than the window`);
      }
      assert.deepEqual([...faults], []);
      assert.deepEqual(errors, []);
    });
});
