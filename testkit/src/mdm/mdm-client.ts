import { getData, isDictionary, type PlistDictionary, PlistError, parsePlist } from "@pomona/plist";
import type { DeviceHttp } from "../network/device-http.ts";
import { profileRefused } from "../profiles/profile-refused.ts";
import type { CommandAnswer } from "./answer.ts";
import { answerCommand, type ReceivedCommand, readCommand, report } from "./answer-command.ts";
import {
  authenticate,
  checkOut,
  deviceChannel,
  getBootstrapToken,
  setBootstrapToken,
  tokenUpdate,
  userChannel,
  userTokenUpdate,
} from "./check-in-messages.ts";
import type { CommandPort } from "./command-port.ts";
import { ChannelFailure, type DeviceChannel, openDeviceChannel, Unenrolled } from "./device-channel.ts";
import type { EnrollmentState, IdentityMode } from "./enrollment-state.ts";
import { type Misbehaviour, wellBehaved } from "./misbehaviour.ts";

export interface MdmClientOptions {
  readonly mac: CommandPort;
  readonly identityMode: IdentityMode;
  readonly pool?: DeviceHttp;
  /** The server does not know this Mac any more. */
  readonly onUnenrolled: () => Promise<void>;
  /** Told of each command and what was said. */
  readonly onCommand?: (requestType: string, status: string) => void;
}

type Channel = "device" | "user";

const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 30_000;
const TOKEN_TRIES = 20;

/** The Mac's own management client (`mdmclient`): one conversation at a time, begun by a push. */
export class MdmClient {
  readonly misbehaviour: Misbehaviour = wellBehaved();
  readonly #options: MdmClientOptions;
  #state: EnrollmentState | undefined;
  #channel: DeviceChannel | undefined;
  /** Grows when the Mac loses power or is unenrolled: what ran before must not go on. */
  #life = 0;
  #isAsleep = false;
  #isPushed = false;
  #conversation: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryAfterMs = RETRY_MIN_MS;

  constructor(options: MdmClientOptions) {
    this.#options = options;
  }

  get state(): EnrollmentState | undefined {
    return this.#state;
  }

  /** Takes an enrollment into use, without a check-in: after a start, or before `checkInAsNew`. */
  use(state: EnrollmentState): void {
    this.#channel?.close();
    this.#state = state;
    this.#channel = openDeviceChannel(state, this.#options.identityMode, this.#options.pool);
  }

  /**
   * Authenticate, then TokenUpdate. Throws `Refused` when the server takes either not; a TokenUpdate that is not answered is said
   * again, as the enrollment is installed by then.
   */
  async checkInAsNew(): Promise<void> {
    const { model } = this.#options.mac;
    const { topic } = this.#enrolled().mdm;
    try {
      await this.#open().checkIn(authenticate(model, topic));
      await this.#repeated(() => this.updateToken());
    } catch (cause) {
      if (!(cause instanceof ChannelFailure || cause instanceof Unenrolled)) throw cause;
      throw Object.assign(
        profileRefused(`The MDM server did not take the check-in: ${cause.message}`, 12_001, "MCMDMErrorDomain"),
        { cause },
      );
    }
  }

  async #repeated(send: () => Promise<unknown>): Promise<void> {
    for (let left = TOKEN_TRIES; ; left -= 1) {
      try {
        await send();
        return;
      } catch (error) {
        if (!(error instanceof ChannelFailure) || left === 1 || (error.status ?? 500) < 500) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MIN_MS));
      }
    }
  }

  /** Sends a TokenUpdate as a Mac does when its token changed, or after a start; where its user has a channel, of that too. */
  async updateToken(): Promise<void> {
    const { model } = this.#options.mac;
    await this.#open().checkIn(tokenUpdate(model, this.#enrolled()));
    const ofUser = userTokenUpdate(model, this.#enrolled());
    if (ofUser !== undefined) await this.#open().checkIn(ofUser);
  }

  /** What APNs brings. A wrong magic is ignored, as is everything while asleep. @returns whether it was for this Mac */
  push(magic: string): boolean {
    if (this.#isAsleep || this.#state === undefined || magic !== this.#state.pushMagic) return false;
    void this.connect();
    return true;
  }

  /**
   * Polls until the server has no more commands; a call during a conversation makes it ask once more. Failures end it and are
   * tried again later. Resolves when the conversation has ended.
   */
  connect(): Promise<void> {
    if (this.#state === undefined || this.#isAsleep) return Promise.resolve();
    this.#isPushed = true;
    if (this.#conversation !== undefined) return this.#conversation;
    const conversation = this.#converse(this.#life).finally(() => {
      // After a loss of power another conversation may have taken its place.
      if (this.#conversation === conversation) this.#conversation = undefined;
    });
    this.#conversation = conversation;
    return conversation;
  }

  async #converse(life: number): Promise<void> {
    try {
      while (this.#isPushed && life === this.#life) {
        this.#isPushed = false;
        await this.#drain(life, "device");
        if (this.#isAlive(life) && userChannel(this.#options.mac.model) !== undefined) await this.#drain(life, "user");
      }
      this.#retryAfterMs = RETRY_MIN_MS;
    } catch (error) {
      if (life !== this.#life) return;
      if (error instanceof Unenrolled) await this.#options.onUnenrolled();
      else if (error instanceof ChannelFailure) this.#tryLater();
      else throw error;
    }
  }

  async #drain(life: number, channel: Channel): Promise<void> {
    const { mac } = this.#options;
    let body = await this.#open().command({ Status: "Idle", ...this.#who(channel) });
    while (body.length > 0 && this.#isAlive(life)) {
      const command = readBody(body);
      if (command === undefined) throw new ChannelFailure("the server sent no command that can be read");
      const answer = await this.#answer(command, channel);
      if (!this.#isAlive(life)) return;
      this.#options.onCommand?.(command.requestType, answer.status);
      body = await this.#deliver(command, answer, channel);
      await mac.save();
      if ((answer.status === "Acknowledged" || answer.status === "Error") && answer.afterwards !== undefined)
        await answer.afterwards();
    }
  }

  /** Its identifiers on a channel. */
  #who(channel: Channel): PlistDictionary {
    const { model } = this.#options.mac;
    return (channel === "user" ? userChannel(model) : undefined) ?? deviceChannel(model);
  }

  async #answer(command: ReceivedCommand, channel: Channel): Promise<CommandAnswer> {
    const { misbehaviour } = this;
    if (misbehaviour.notNowUntil !== undefined) return { status: "NotNow" };
    if (misbehaviour.notNowTimes > 0) {
      misbehaviour.notNowTimes -= 1;
      return { status: "NotNow" };
    }
    return answerCommand(this.#options.mac, command, channel);
  }

  async #deliver(command: ReceivedCommand, answer: CommandAnswer, channel: Channel): Promise<Uint8Array> {
    const who = this.#who(channel);
    const message = report(who, command, answer);
    const { lostAnswers } = this.misbehaviour;
    const at = lostAnswers.findIndex(({ requestType = command.requestType }) => requestType === command.requestType);
    const lost = at < 0 ? undefined : lostAnswers.splice(at, 1)[0]?.which;
    if (lost === "report") return this.#open().command({ Status: "Idle", ...who });
    if (lost === "response") await this.#open().command(message);
    return this.#open().command(message);
  }

  #tryLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.connect(), this.#retryAfterMs * (0.5 + Math.random() / 2));
    this.#retry.unref();
    this.#retryAfterMs = Math.min(this.#retryAfterMs * 2, RETRY_MAX_MS);
  }

  /** Escrows a bootstrap token (Apple: SetBootstrapToken); an empty one deletes it. */
  async setBootstrapToken(token: Uint8Array): Promise<void> {
    await this.#open().checkIn(setBootstrapToken(this.#options.mac.model, token));
  }

  /** Undefined when the server has none. */
  async getBootstrapToken(): Promise<Uint8Array | undefined> {
    const body = await this.#open().checkIn(getBootstrapToken(this.#options.mac.model));
    if (body.length === 0) return undefined;
    const plist = parsePlist(body);
    const token = isDictionary(plist) ? getData(plist, "BootstrapToken") : undefined;
    return token === undefined || token.length === 0 ? undefined : token;
  }

  /** Says good-bye where the payload asks for it (best effort), and forgets the enrollment. */
  async leave(options: { readonly sayGoodBye: boolean }): Promise<void> {
    const state = this.#state;
    if (state?.mdm.checkOutWhenRemoved === true && options.sayGoodBye) {
      await this.#open()
        .checkIn(checkOut(this.#options.mac.model, state.mdm.topic))
        .catch(() => undefined);
    }
    this.cut();
    this.#state = undefined;
  }

  /** Everything is answered NotNow until `ready`; then the Mac asks again by itself, as one does after its user is done. */
  sayNotNowUntil(ready: Promise<unknown>): void {
    const until = ready.then(() => {
      if (this.misbehaviour.notNowUntil === until) this.misbehaviour.notNowUntil = undefined;
      void this.connect();
    });
    this.misbehaviour.notNowUntil = until;
  }

  sleep(): void {
    this.#isAsleep = true;
    this.#life += 1;
    // What was under way ends without a word; a push after the sleep begins anew.
    this.#conversation = undefined;
    clearTimeout(this.#retry);
  }

  wakeUp(): void {
    this.#isAsleep = false;
  }

  /** No more conversation, and no connection. What is under way ends without a word. */
  cut(): void {
    this.#life += 1;
    clearTimeout(this.#retry);
    this.#conversation = undefined;
    this.#channel?.close();
    this.#channel = undefined;
  }

  #isAlive(life: number): boolean {
    return life === this.#life && this.#state !== undefined;
  }

  #enrolled(): EnrollmentState {
    if (this.#state === undefined) throw new Error("this Mac is not enrolled");
    return this.#state;
  }

  #open(): DeviceChannel {
    if (this.#channel === undefined) this.use(this.#enrolled());
    return this.#channel ?? openDeviceChannel(this.#enrolled(), this.#options.identityMode, this.#options.pool);
  }
}

function readBody(body: Uint8Array): ReceivedCommand | undefined {
  try {
    return readCommand(parsePlist(body));
  } catch (cause) {
    if (cause instanceof PlistError) return undefined;
    throw cause;
  }
}
