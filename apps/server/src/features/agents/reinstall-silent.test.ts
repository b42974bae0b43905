import assert from "node:assert/strict";
import { test } from "node:test";
import { asId, type Fact, type FactType } from "@pomona/facts";
import { sqlOf } from "../../kernel/store.ts";
import { helloOf, type TestAgents, testAgents } from "../../testing/test-agents.ts";
import { MovableClock } from "../../testing/test-kernel.ts";
import { setMdmState } from "../devices/index.ts";
import type { AgentIdentity } from "./ports.ts";

const DAY_MS = 86_400_000;
type Shown = { items: { deviceId: string; state: string; attempts: number; outcome: string }[] };

/** A Mac that enrolled long ago and whose agent was not heard since. */
async function silentMac() {
  const clock = new MovableClock(Date.now());
  const server = await testAgents({ clock });
  const to = await server.device(await server.tenant("Orchard"), "C02SILENT");
  await server.write(to.tenantId, (tx) => setMdmState(tx, to.deviceId, { isEnrolled: true, enrolledAt: tx.now }));
  const checkIn = () =>
    server.write(to.tenantId, async (tx) => {
      await sqlOf<{ devices: { id: string; mdm_seen_at: number } }>(tx)
        .updateTable("devices")
        .set({ mdm_seen_at: tx.now })
        .where("id", "=", to.deviceId)
        .execute();
    });
  const look = () => server.agents.feature.jobs!.find(({ name }) => name === "agents/reinstall-silent")!.run();
  const installs = () =>
    server.commands.filter(({ command }) => command.requestType === "InstallEnterpriseApplication").length;
  const list = async () => ((await server.perform("agents.list-reinstalls", to.tenantId, {})) as Shown).items;
  return { clock, server, to, checkIn, look, installs, list };
}
async function answer(server: TestAgents, to: AgentIdentity, state: string, reason?: string): Promise<void> {
  const command = server.commands.findLast((each) => each.command.requestType === "InstallEnterpriseApplication")!;
  const data = { commandId: command.commandId, requestType: "InstallEnterpriseApplication", state, reason };
  const fact = {
    ...to,
    id: asId<"fact">("f"),
    type: "command.answered" as FactType,
    deviceSeq: 1,
    at: 0,
    position: 1,
    data,
  } as unknown as Fact;
  for (const handler of server.agents.feature.factHandlers!)
    if (handler.types.includes("command.answered")) await server.write(to.tenantId, (tx) => handler.handle(tx, fact));
}

test("a Mac that lives and whose agent fell silent for a week gets it again, one in a drawer does not", async () => {
  const { clock, server, checkIn, look, installs, list } = await silentMac();
  await using _server = server;
  clock.advance(6 * DAY_MS);
  await checkIn();
  await look();
  assert.equal(installs(), 0, "not silent for long enough");
  clock.advance(8 * DAY_MS);
  await look();
  assert.equal(installs(), 0, "not seen for a week itself");
  await checkIn();
  await look();
  assert.equal(installs(), 1);
  assert.deepEqual(
    (await list()).map(({ state, attempts }) => [state, attempts]),
    [["trying", 1]],
  );
});

test("it is asked at most once a day, ever more slowly, and given up loudly", async () => {
  const { clock, server, to, checkIn, look, installs, list } = await silentMac();
  await using _server = server;
  clock.advance(8 * DAY_MS);
  const days: number[] = [];
  for (let hour = 0; hour < 24 * 20; hour += 6) {
    await checkIn();
    const before = installs();
    await look();
    if (installs() > before) {
      days.push(Math.floor(hour / 24));
      await answer(server, to, "error", "Could not be verified.");
    }
    clock.advance(6 * 3_600_000);
  }
  assert.deepEqual(days, [0, 1, 3, 6, 10]);
  const [row] = await list();
  assert.deepEqual([row!.state, row!.attempts], ["gaveUp", 5]);
  assert.match(row!.outcome, /error: Could not be verified/);
  const told = await server.kernel.store.readAfter(0, { types: ["agent.reinstall-gave-up"], limit: 10 });
  assert.equal(told.length, 1);
});

test("that the Mac acknowledged proves nothing; the agent's hello does", async () => {
  const { clock, server, to, checkIn, look, list } = await silentMac();
  await using _server = server;
  clock.advance(8 * DAY_MS);
  await checkIn();
  await look();
  await answer(server, to, "acknowledged");
  assert.match((await list())[0]!.outcome, /its agent has not come yet/);
  await server.agents.door.receive(to, "control", "hello", Buffer.from(JSON.stringify(helloOf("C02SILENT"))));
  assert.deepEqual(await list(), []);
  const told = await server.kernel.store.readAfter(0, { types: ["agent.reinstall-verified"], limit: 10 });
  assert.deepEqual(
    told.map(({ data }) => data),
    [{ attempts: 1 }],
  );
});

test("while the Mac has not fetched the last installation, no further one is queued behind it", async () => {
  const { clock, server, checkIn, look, installs, list } = await silentMac();
  await using _server = server;
  clock.advance(8 * DAY_MS);
  for (let day = 0; day < 5; day++) {
    await checkIn();
    await look();
    clock.advance(DAY_MS + 1000);
  }
  assert.equal(installs(), 1);
  assert.match((await list())[0]!.outcome, /not yet fetched/);
});
