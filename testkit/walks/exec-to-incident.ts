import { createRule, listRules } from "@pomona/contract";
import type { VirtualMac } from "@pomona/testkit";
import { eventually, type Stage } from "./stage.ts";
import { expect, incidentsOf, macOnline, median, type Walk } from "./walk.ts";

export const MINER = {
  path: "/Applications/BitcoinMiner.app/Contents/MacOS/BitcoinMiner",
  signingId: "com.example.bitcoinminer",
  teamId: "MINER12345",
  cdhash: "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334",
};

/** Blocks BitcoinMiner in the tenant, and waits until the Macs have confirmed that they hold the rule. */
export async function blockMiner(stage: Stage, confirmed: number): Promise<string> {
  const rule = await stage.api.call(createRule, {
    name: "No miners",
    match: { name: { contains: "BitcoinMiner" } },
    mode: "block",
    message: {
      title: "Blocked",
      text: "Mining is not for company Macs.",
      button: "Ask IT",
      url: "https://help.example.org",
    },
    scope: { tenant: true },
  });
  await eventually("the Macs hold the rule", async () => {
    const { items } = await stage.api.call(listRules, {});
    return (items.find(({ id }) => id === rule.id)?.rollout.confirmed ?? 0) >= confirmed ? true : undefined;
  });
  return rule.id;
}

/** Starts the miner, sees it die, and waits for the incident. */
export async function provoke(stage: Stage, mac: VirtualMac, deviceId: string) {
  const app = await mac.launchApp(MINER);
  const startedAt = Date.now();
  const { signal, at } = await app.exited;
  expect(signal === "SIGKILL", `the miner dies of SIGKILL, not of ${String(signal)}`);
  const incident = await eventually("the incident is told", async () =>
    (await incidentsOf(stage, deviceId)).find((item) => item.process.pid === app.pid),
  );
  return { incident, diedAfterMs: at - startedAt };
}

/** An app is blocked; the next start of it is a process that dies, a dialog, and an incident with its three times. */
export const execToIncident: Walk = {
  name: "exec to incident",
  walk: async (stage) => {
    const { mac, deviceId } = await macOnline(stage);
    // Some Macs have nobody at the screen, who could be told.
    if (mac.model.consoleUser === undefined) await mac.login(mac.model.users[0]!.name);
    await blockMiner(stage, 1);
    const kills: number[] = [];
    const arrivals: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      const { incident } = await provoke(stage, mac, deviceId);
      expect(incident.action === "kill" && incident.outcome === "killed", `it was killed: ${incident.outcome}`);
      const [eventAt, actionAt, arrivedAt] = [incident.eventAt, incident.actionAt, incident.arrivedAt].map(Date.parse);
      expect(eventAt! <= actionAt! && actionAt! <= arrivedAt! + 1, "the three times are in order");
      kills.push(incident.actionAfterMs);
      arrivals.push(arrivedAt! - eventAt!);
    }
    const dialog = await eventually("the user is told", () => mac.dialogs[0]);
    expect(JSON.stringify(dialog).includes("Mining is not for company Macs."), "in the rule's words");
    return {
      eventToKillMedianMs: median(kills),
      eventToKillMaxMs: Math.max(...kills),
      eventToIncidentMedianMs: median(arrivals),
      eventToIncidentMaxMs: Math.max(...arrivals),
    };
  },
};
