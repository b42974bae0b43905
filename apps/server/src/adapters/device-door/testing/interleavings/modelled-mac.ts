import assert from "node:assert/strict";
import type { DeviceId } from "@pomona/facts";
import { getData, type PlistDictionary } from "@pomona/plist";
import { type Answer, readProfile, requestIdentity, type TestMac } from "../test-mac.ts";
import type { Request } from "./events.ts";
import type { MacQueues, Said, Status } from "./queue-model.ts";

export const USER = "ANN";

/** A command that this Mac has in its hands; `said` once it was carried out or refused, for an answer is not thought over. */
interface InHand {
  readonly uuid: string;
  readonly requestType: string;
  readonly payload: PlistDictionary;
}

/** A Mac that remembers what it did, beside its queues as they should be. */
export class ModelledMac {
  readonly mac: TestMac;
  readonly deviceId: DeviceId;
  queues: MacQueues = { commands: [], stage: "enrolled", isQuarantined: false };
  hasUser = false;
  tokens = 0;
  /** The command whose profile brings the next identity. */
  renewal: string | undefined;
  /** Every command that ever reached it, and its channel. */
  readonly met: { readonly uuid: string; readonly channel: string | null }[] = [];
  readonly #inHand = new Map<string | null, InHand>();
  readonly #outcomes = new Map<string, Status>();
  /** Those whose outcome has reached the server. */
  readonly #counted = new Set<string>();

  constructor(mac: TestMac, deviceId: DeviceId) {
    this.mac = mac;
    this.deviceId = deviceId;
  }

  channelOf(isUser: boolean): string | null {
    return isUser ? `${this.mac.udid}:${USER}` : null;
  }

  /** Whether it has a command in its hands. */
  holds(isUser: boolean): boolean {
    return this.#inHand.has(this.channelOf(isUser));
  }

  /** What it says now: without a command in its hands it asks for one; what it has done it does not do again. */
  async decide({ isUser, status }: Request, renew: (command: InHand) => Promise<boolean>): Promise<Said> {
    const channel = this.channelOf(isUser);
    const inHand = this.#inHand.get(channel);
    if (status === "Idle" || inHand === undefined) return { channel, status: "Idle" };
    const { uuid } = inHand;
    const before = this.#outcomes.get(uuid);
    if (before !== undefined) return { channel, status: before, uuid };
    if (status === "NotNow") return { channel, status, uuid };
    const isRenewal = status === "Acknowledged" && inHand.requestType === "InstallProfile";
    const outcome = isRenewal && !(await renew(inHand)) ? "Error" : status;
    this.#outcomes.set(uuid, outcome);
    return { channel, status: outcome, uuid };
  }

  /** Says it, and notes that the server has heard it. */
  async say(said: Said): Promise<Answer> {
    const user = said.channel === null ? {} : { UserID: USER };
    const answer = await this.mac.poll(
      said.status,
      said.uuid === undefined ? user : { ...user, CommandUUID: said.uuid },
    );
    return answer;
  }

  /** The server answered: what was said counts, whether or not the Mac sees the answer. */
  noteCounted({ status, uuid }: Said, gets: string): void {
    if (uuid !== undefined && status !== "NotNow" && gets !== "refused") this.#counted.add(uuid);
    assert.ok(!this.#counted.has(gets), `command ${gets} was answered before, and is served again`);
  }

  /** The answer arrives. */
  hear(said: Said, { command }: Answer): void {
    const { channel, uuid } = said;
    if (uuid !== undefined && this.#inHand.get(channel)?.uuid === uuid) this.#inHand.delete(channel);
    if (command === undefined || this.#counted.has(command.uuid)) return;
    this.met.push({ uuid: command.uuid, channel });
    this.#inHand.set(channel, command);
  }

  /** Its enrollment begins anew or is over: what it held came from the one before. */
  forgetInHand(): void {
    this.#inHand.clear();
    this.renewal = undefined;
  }

  outcomeOf(uuid: string): Status | undefined {
    return this.#outcomes.get(uuid);
  }
}

/** What macOS does with a renewal's profile: a further key and certificate. @returns whether the server gave one */
export async function takeIdentity(mac: TestMac, { payload }: Pick<InHand, "payload">): Promise<boolean> {
  const { scepUrl, challenge } = readProfile(getData(payload, "Payload")!);
  const { identity } = await requestIdentity(`${mac.url}${new URL(scepUrl).pathname}`, challenge);
  if (identity === undefined) return false;
  mac.identity = identity;
  return true;
}

/** An answer in the model's words. */
export const gotten = ({ status, command, bytes }: Answer): string =>
  status === 403
    ? "refused"
    : status !== 200
      ? `status ${status}`
      : command !== undefined
        ? command.uuid
        : bytes.length === 0
          ? "nothing"
          : "bytes that are no command";
