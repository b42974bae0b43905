import assert from "node:assert/strict";
import type { Command } from "@pomona/contract";
import { quarantineDevice } from "../../../../features/devices/index.ts";
import type { Answer } from "../test-mac.ts";
import type { Event, Fate, Request } from "./events.ts";
import { difference, type Interleaving } from "./interleaving.ts";
import { gotten, type ModelledMac, takeIdentity, USER } from "./modelled-mac.ts";
import {
  cancel,
  change,
  expire,
  hear,
  isOpen,
  isRetryable,
  isUnsent,
  type MacQueues,
  type Said,
} from "./queue-model.ts";

/** How long a renewal's profile waits for its Mac, in ms. */
const OFFER_MS = 7 * 86_400_000;
export const FIRST_QUESTIONS = 5;

/** Plays one event on the server and on the model. @throws AssertionError where they part */
export async function play(game: Interleaving, event: Event): Promise<void> {
  const mac = "mac" in event ? game.macs[event.mac]! : game.macs[0]!;
  switch (event.kind) {
    case "request":
      return request(game, mac, event.request, event.fate);
    case "together":
      return together(game, mac, event);
    case "silence":
      for (let time = 0; time < event.times; time++) {
        game.rig.clock.advance(31_000);
        await request(game, mac, { isUser: false, status: "Idle" }, "unheard");
      }
      return;
    case "old-report":
      return oldReport(game, mac, event.which, event.request);
    case "send": {
      const command = await game.send(mac, event);
      if (command !== undefined) game.add(mac, command);
      return;
    }
    case "cancel":
      return cancelOne(game, mac, event.which);
    case "retry":
      return retry(game, mac, event.which);
    case "release": {
      const held = mac.queues.commands.filter(({ hold }) => hold === "approval");
      const command = held[event.which % held.length];
      if (command === undefined) return;
      assert.equal(await game.release(command), true);
      mac.queues = change(mac.queues, ({ id }) => id === command.id, { hold: null });
      return;
    }
    case "drain":
      return drain(game, mac);
    case "clear":
      await game.act("commands.clear-commands", { deviceId: mac.deviceId });
      mac.queues = cancel(mac.queues, isUnsent);
      return;
    case "batch-send":
      return game.sendBatch(event.isUrgent ? "urgent" : "normal");
    case "batch-pause":
    case "batch-resume":
    case "batch-cancel":
      return changeBatch(game, event.kind, event.which);
    case "token-update":
      // Whoever has left can only come back.
      return mac.queues.stage === "left" ? authenticate(game, mac) : tokenUpdate(game, mac);
    case "authenticate":
      return authenticate(game, mac);
    case "user-token-update": {
      const keys = { UserID: USER, UserShortName: "ann", Token: Buffer.from("user") };
      const { status } = await mac.mac.tokenUpdate(keys);
      const isWelcome = mac.queues.stage === "enrolled";
      assert.equal(status, isWelcome ? 200 : 403);
      if (isWelcome) mac.hasUser = true;
      return;
    }
    case "check-out":
      if (mac.queues.stage === "left") return;
      game.rig.clock.advance(1000);
      assert.equal((await mac.mac.checkIn("CheckOut", { Topic: mac.mac.topic })).status, 200);
      leave(mac, "left");
      return;
    case "renew":
      return renew(game, mac);
    case "quarantine":
      await game.write((tx) => quarantineDevice(tx, mac.deviceId, "two bodies"));
      mac.queues = { ...mac.queues, isQuarantined: true };
      return;
    case "let-out":
      if (!mac.queues.isQuarantined) return;
      await game.act("devices.release-device", { deviceId: mac.deviceId });
      mac.queues = { ...mac.queues, isQuarantined: false };
      return;
    case "advance":
      game.rig.clock.advance(event.ms);
      return;
    case "job":
      await game.rig.runJob(`commands/${event.name}`);
      if (event.name === "expire") for (const each of game.macs) each.queues = expire(each.queues, game.now);
      return;
    case "restart":
      throw new Error("whoever holds the rig restarts it");
  }
}

/**
 * After every event: nothing is lost, nothing is there twice, and each command is as far as the model says.
 * @param event what happened, where it was to one Mac only
 */
export async function compare(game: Interleaving, event?: Event): Promise<void> {
  const touched = event !== undefined && "mac" in event ? [game.macs[event.mac]!] : game.macs;
  for (const mac of touched) {
    const parted = difference(mac.queues, await game.shown(mac));
    if (parted !== undefined) assert.fail(parted);
  }
}

async function request(game: Interleaving, mac: ModelledMac, wanted: Request, fate: Fate): Promise<void> {
  const said = await mac.decide(wanted, (command) => takeNewIdentity(game, mac, command));
  if (fate === "lost") return;
  for (let time = 0; time < (fate === "twice" ? 2 : 1); time++) {
    const answer = await mac.say(said);
    const { queues, gets } = hear(mac.queues, said, game.now);
    assert.equal(gotten(answer), gets, `the answer to ${said.status} ${said.uuid ?? ""}`);
    mac.queues = queues;
    mac.noteCounted(said, gets);
    if (fate !== "unheard") mac.hear(said, answer);
  }
}

/** It comes on both of its channels until nothing is left for it. */
async function drain(game: Interleaving, mac: ModelledMac): Promise<void> {
  for (const isUser of [false, true]) {
    await request(game, mac, { isUser, status: "Idle" }, "arrives");
    // Each command that is answered makes way for one more at most.
    for (let left = mac.queues.commands.length + 1; left > 0 && mac.holds(isUser); left--)
      await request(game, mac, { isUser, status: "Acknowledged" }, "arrives");
  }
}

/** A report on a command of long ago: repeated by a Mac that lost its memory, or said on another channel. */
async function oldReport(
  game: Interleaving,
  mac: ModelledMac,
  which: number,
  { isUser, status }: Request,
): Promise<void> {
  // Mostly one of the last, which may still be open.
  const met = mac.met.at(-1 - (which % Math.min(mac.met.length, which % 3 === 0 ? mac.met.length : 3)));
  if (met === undefined || status === "Idle") return;
  const channel = mac.channelOf(isUser);
  // What it did it says again as it was; what it did not do it can only put off, if it speaks for the right channel at all.
  const outcome = channel === met.channel ? (mac.outcomeOf(met.uuid) ?? "NotNow") : status;
  const said: Said = { channel, status: outcome, uuid: met.uuid };
  const answer = await mac.say(said);
  const { queues, gets } = hear(mac.queues, said, game.now);
  assert.equal(gotten(answer), gets, `the answer to an old ${said.status} ${said.uuid}`);
  mac.queues = queues;
  if (channel === met.channel) mac.noteCounted(said, gets);
}

/** Something that happened at the same moment as others: what was seen of it, and what it does in the model. */
interface AtOnce {
  readonly seen: string;
  readonly does: (queues: MacQueues) => { readonly queues: MacQueues; readonly gets: string };
}

/** Whatever order the server took them in, there has to be one that explains every answer and what is left. */
async function together(
  game: Interleaving,
  mac: ModelledMac,
  { requests, also }: Extract<Event, { kind: "together" }>,
): Promise<void> {
  const all: Said[] = [];
  for (const wanted of requests) all.push(await mac.decide(wanted, (command) => takeNewIdentity(game, mac, command)));
  const [aside, ...answers] = await Promise.all([besides(game, mac, also), ...all.map((said) => mac.say(said))]);
  const events: AtOnce[] = answers.map((answer, at) => ({
    seen: gotten(answer),
    does: (queues) => hear(queues, all[at]!, game.now),
  }));
  if (aside !== undefined) events.push(aside);
  const shown = await game.shown(mac);
  const order = explain(mac.queues, events, shown);
  if (order === undefined) {
    const seen = all.map(
      ({ status, uuid, channel }, at) => `${channel ?? ""} ${status} ${uuid ?? ""} -> ${events[at]!.seen}`,
    );
    assert.fail(`no order of these explains their answers and what is left: ${seen.join("; ")}; ${aside?.seen ?? ""}`);
  }
  mac.queues = order.queues;
  for (const at of order.places) {
    const said = all[at];
    if (said !== undefined) mac.noteCounted(said, events[at]!.seen);
  }
  for (const [at, said] of all.entries()) mac.hear(said, answers[at] as Answer);
}

async function besides(
  game: Interleaving,
  mac: ModelledMac,
  what: Extract<Event, { kind: "together" }>["also"],
): Promise<AtOnce | undefined> {
  if (what === "send") {
    const event = { kind: "send", mac: 0, type: 0, isUser: false, isPerson: false, lane: null, seconds: null } as const;
    const command = await game.send(mac, event);
    if (command === undefined) return undefined;
    return {
      seen: "",
      does: (queues) => ({ queues: { ...queues, commands: [...queues.commands, command] }, gets: "" }),
    };
  }
  if (what === "clear") {
    await game.act("commands.clear-commands", { deviceId: mac.deviceId });
    return { seen: "", does: (queues) => ({ queues: cancel(queues, isUnsent), gets: "" }) };
  }
  const target = what === "cancel" ? mac.queues.commands.find(isOpen) : undefined;
  if (target === undefined) return undefined;
  const outcome = await game.attempt(() =>
    game.act<object>("commands.cancel-command", { deviceId: mac.deviceId, commandId: target.id }),
  );
  const isIt = ({ id }: { readonly id: string }) => id === target.id;
  return {
    seen: "refused" in outcome ? "refused" : "done",
    does: (queues) =>
      isUnsent(queues.commands.find(isIt)!)
        ? { queues: cancel(queues, isIt), gets: "done" }
        : { queues, gets: "refused" },
  };
}

function explain(
  before: MacQueues,
  events: readonly AtOnce[],
  shown: readonly Command[],
  places: readonly number[] = [],
): { readonly queues: MacQueues; readonly places: readonly number[] } | undefined {
  if (places.length === events.length)
    return difference(before, shown) === undefined ? { queues: before, places } : undefined;
  for (const [at, { seen, does }] of events.entries()) {
    if (places.includes(at)) continue;
    const { queues, gets } = does(before);
    const found = gets === seen ? explain(queues, events, shown, [...places, at]) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

async function cancelOne(game: Interleaving, mac: ModelledMac, which: number): Promise<void> {
  const command = mac.queues.commands[which % mac.queues.commands.length];
  if (command === undefined) return;
  const outcome = await game.attempt(() =>
    game.act<object>("commands.cancel-command", { deviceId: mac.deviceId, commandId: command.id }),
  );
  assert.equal("refused" in outcome, !isUnsent(command), `cancelling what is ${command.state}`);
  if (isUnsent(command)) mac.queues = cancel(mac.queues, ({ id }) => id === command.id);
}

async function retry(game: Interleaving, mac: ModelledMac, which: number): Promise<void> {
  // A profile that renews is no use twice.
  const commands = mac.queues.commands.filter(({ requestType }) => requestType !== "InstallProfile");
  const failed = commands.filter(isRetryable);
  const command = failed[which % failed.length] ?? commands[which % commands.length];
  if (command === undefined) return;
  const input = { deviceId: mac.deviceId, commandId: command.id };
  const again = await game.attempt(() =>
    game.act<{ id: string; commandUuid: string }>("commands.retry-command", input),
  );
  const isPossible = isRetryable(command) && mac.queues.stage === "enrolled";
  assert.equal("refused" in again, !isPossible, `sending again what is ${command.state}: ${JSON.stringify(again)}`);
  if ("refused" in again) return;
  mac.queues = change(mac.queues, ({ id }) => id === command.id, { isRetried: true });
  const { requestType, channel, lane, expiresAt, createdAt } = command;
  game.add(mac, game.newCommand(again, { requestType, channel, lane, ttlMs: expiresAt - createdAt }));
}

async function changeBatch(
  game: Interleaving,
  kind: "batch-pause" | "batch-resume" | "batch-cancel",
  which: number,
): Promise<void> {
  const batch = game.batches[which % game.batches.length];
  if (batch === undefined) return;
  const { slices } = game.rig.commands;
  await game.write(async (tx) => {
    if (kind === "batch-pause") await slices.hold(tx, batch.id, 100);
    else if (kind === "batch-resume") await slices.release(tx, batch.id, 100);
    else await slices.cancel(tx, batch.id, 100, "its batch was cancelled");
  });
  for (const mac of game.macs) {
    const isOurs = (command: MacQueues["commands"][number]) => command.batch === batch.id && isUnsent(command);
    if (kind === "batch-cancel") mac.queues = cancel(mac.queues, isOurs);
    else mac.queues = change(mac.queues, isOurs, { hold: kind === "batch-pause" ? "paused" : null });
  }
}

function leave(mac: ModelledMac, stage: "left" | "authenticated"): void {
  mac.queues = { ...cancel(mac.queues, isOpen), stage };
  mac.hasUser = false;
  mac.forgetInHand();
}

/** An enrollment begins anew: nothing that waited for the one before may reach it. */
export async function authenticate(game: Interleaving, mac: ModelledMac): Promise<void> {
  // Within one second it would be the message before, which was only repeated.
  game.rig.clock.advance(1000);
  assert.equal((await mac.mac.authenticate()).status, 200);
  leave(mac, "authenticated");
}

export async function tokenUpdate(game: Interleaving, mac: ModelledMac): Promise<void> {
  game.rig.clock.advance(1000);
  mac.tokens += 1;
  const { status } = await mac.mac.tokenUpdate({ Token: Buffer.from(`token ${mac.tokens}`) });
  const { stage } = mac.queues;
  assert.equal(status, stage === "left" ? 403 : 200);
  if (stage !== "authenticated") return;
  mac.queues = { ...mac.queues, stage: "enrolled" };
  await game.takeUp(mac, FIRST_QUESTIONS, "enrollment");
}

async function renew(game: Interleaving, mac: ModelledMac): Promise<void> {
  const before = new Set(mac.queues.commands.map(({ id }) => id));
  const asked = await game.attempt(() => game.act<object>("renewal.renew-device", { deviceId: mac.deviceId }));
  assert.equal("refused" in asked, mac.queues.stage !== "enrolled");
  const isSent = (await game.shown(mac)).some(({ id }) => !before.has(id));
  // Within four hours of the last one none is sent.
  const [command] = isSent ? await game.takeUp(mac, 1, "renewal", OFFER_MS) : [];
  if (command !== undefined) mac.renewal = command.id;
}

/** The Mac carries a renewal's profile out: the queue lives on, and the profile that is no longer needed ends. */
async function takeNewIdentity(
  game: Interleaving,
  mac: ModelledMac,
  command: Parameters<typeof takeIdentity>[1],
): Promise<boolean> {
  if (!(await takeIdentity(mac.mac, command))) return false;
  game.rig.clock.advance(1000);
  assert.equal((await mac.mac.authenticate()).status, 200);
  await compare(game);
  await tokenUpdate(game, mac);
  const { renewal } = mac;
  mac.renewal = undefined;
  mac.queues = change(
    mac.queues,
    (each) => each.id === renewal && isOpen(each),
    ({ state }) => ({ state: state === "sent" ? "acknowledged" : "cancelled", hold: null, notBefore: null }),
  );
  return true;
}
