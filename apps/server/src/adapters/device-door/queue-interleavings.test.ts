import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import type { TenantId } from "@pomona/facts";
import { searchBounds } from "@pomona/testkit/fuzz";
import fc from "fast-check";
import { readDeviceBySerial } from "../../features/devices/index.ts";
import { systemScope } from "../../kernel/scope.ts";
import { MovableClock } from "../../testing/test-kernel.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { invitedMac } from "./testing/enroll-mac.ts";
import { type Event, someEvents } from "./testing/interleavings/events.ts";
import { finish } from "./testing/interleavings/finish.ts";
import { Interleaving, NEED_APPROVAL, UNDO_MS } from "./testing/interleavings/interleaving.ts";
import { ModelledMac } from "./testing/interleavings/modelled-mac.ts";
import { compare, FIRST_QUESTIONS, play } from "./testing/interleavings/play.ts";

const MACS = 2;
const bounds = searchBounds(25);
const clock = new MovableClock(Date.now());
let dir: string;
let rig: DeviceRig;
let tenant: TenantId;
/** Position of the last fact that was looked at. */
let told = 0;
const openRig = () =>
  deviceRig({
    clock,
    dir,
    commands: {
      undo: { windowMs: async () => UNDO_MS },
      approval: {
        needed: async (_tx, { requestType }) => (NEED_APPROVAL.includes(requestType) ? "approval" : undefined),
      },
    },
  });
before(async () => {
  dir = mkdtempSync(path.join(tmpdir(), "pomona-interleavings-"));
  rig = await openRig();
  tenant = await rig.newTenant("Acme");
});
after(async () => {
  await rig[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true });
});

async function enroll(): Promise<ModelledMac> {
  const mac = await invitedMac(rig, tenant);
  mac.clock = () => clock.now();
  assert.deepEqual([(await mac.authenticate()).status, (await mac.tokenUpdate()).status], [200, 200]);
  const device = await rig.kernel.store.read(systemScope(tenant, "test"), (tx) =>
    readDeviceBySerial(tx, mac.serialNumber),
  );
  return new ModelledMac(mac, device!.id);
}

async function begin(): Promise<Interleaving> {
  const game = new Interleaving(rig, tenant, await Promise.all(Array.from({ length: MACS }, enroll)));
  for (const mac of game.macs) await game.takeUp(mac, FIRST_QUESTIONS, "enrollment");
  return game;
}

/** The server stops and starts on what it kept. */
async function restart(game: Interleaving): Promise<void> {
  await rig[Symbol.asyncDispose]();
  clock.advance(1000);
  rig = await openRig();
  game.rig = rig;
  for (const { mac } of game.macs) mac.url = rig.plainUrl;
}

async function playAll(events: readonly Event[]): Promise<void> {
  const game = await begin();
  // One Mac comes with all that a new one is asked, the other has answered it.
  await play(game, { kind: "drain", mac: 0 });
  await compare(game);
  for (const event of events) {
    if (event.kind === "restart") await restart(game);
    else await play(game, event);
    await compare(game, event);
  }
  told = await finish(game, told);
}

test("property: whatever comes in whatever order, no command is lost and none runs twice", async () => {
  // fault: a queue that was empty stays so in memory
  // fault: an idle queue forgets the end of an undo window
  // fault: a new enrollment gets what was put off in the old one
  // fault: a renewal begins the enrollment anew
  // fault: a user's channel answers for the device
  // fault: a poll whose answer was lost uses up a sending
  // fault: what was approved waits for the next command
  // fault: what is sent can be cancelled by clearing the queue
  // fault: a command that is sent again keeps its lane no longer
  // One run a call: a search that is cut off in the middle of a run would leave it to go on behind the next test.
  for (let { seed } = bounds; seed === bounds.seed || bounds.isTimeLeft(); seed++)
    await fc.assert(fc.asyncProperty(someEvents, playAll), { numRuns: 1, seed, interruptAfterTimeLimit: 20_000 });
});
