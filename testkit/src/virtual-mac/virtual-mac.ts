import { randomBytes, randomUUID } from "node:crypto";
import { cp, mkdir } from "node:fs/promises";
import { basename } from "node:path";
import { AGENT_LABEL } from "../agent/agent-paths.ts";
import type { MdmClient } from "../mdm/mdm-client.ts";
import type { LostAnswer } from "../mdm/misbehaviour.ts";
import { changePersonalKey } from "../model/file-vault.ts";
import { withChip } from "../model/hardware.ts";
import type { MacModel } from "../model/mac-model.ts";
import { makeMacModel } from "../model/make-mac-model.ts";
import { takeFirmwarePassword } from "../model/management-state.ts";
import { type SetupPerson, setUpPrimaryAccount } from "../model/setup-assistant.ts";
import type { AppRequest } from "../processes/app-image.ts";
import type { MacProcess } from "../processes/mac-process.ts";
import type { ShownDialog } from "../userland/tool.ts";
import { createJournal, type Journal } from "./journal.ts";
import { type KeptState, readKeptState } from "./kept-state.ts";
import { type MacBody, openBody } from "./mac-body.ts";
import { Management } from "./management.ts";
import type { EnrollOptions, VirtualMacOptions } from "./options.ts";

/** A Mac as its servers see it: Apple's management client, a disk, a userland, launchd, and people in front of it. */
export class VirtualMac implements AsyncDisposable {
  readonly journal: Journal;
  readonly #options: VirtualMacOptions;
  readonly #management: Management;
  readonly #body: MacBody;

  private constructor(options: VirtualMacOptions, kept: KeptState, body: MacBody, journal: Journal) {
    this.#options = options;
    this.#body = body;
    this.journal = journal;
    this.#management = new Management(options, kept, body, journal, {
      restart: () => this.restart(),
      shutDown: () => this.shutDown(),
    });
  }

  /** Makes a new Mac, or switches on the one whose disk is in the folder. */
  static async open(options: VirtualMacOptions): Promise<VirtualMac> {
    await mkdir(options.folder, { recursive: true });
    const kept = (await readKeptState(options.folder)) ?? {
      model: withChip(options.model ?? makeMacModel(basename(options.folder)), options.chip),
      enrollment: undefined,
      preferences: {},
    };
    const journal = createJournal(options.onJournal);
    const body = await openBody(options, kept.model, journal);
    const mac = new VirtualMac(options, kept, body, journal);
    await mac.#save();
    await mac.#start();
    return mac;
  }

  get model(): MacModel {
    return this.#management.model;
  }

  /** Its management client, for tests that make it talk or misbehave. */
  get mdm(): MdmClient {
    return this.#management.mdm;
  }

  /** Its disk, userland, launchd, processes, network and Endpoint Security, for tests that look inside. */
  get body(): MacBody {
    return this.#body;
  }

  get isEnrolled(): boolean {
    return this.#management.enrollment !== undefined;
  }

  /** Dialogs that its user was shown, oldest first. */
  get dialogs(): readonly ShownDialog[] {
    return this.#body.dialogs;
  }

  /** Opens an invitation, as a person or as Setup Assistant would: fetch the profile, install it, check in. Throws `Refused`. */
  async enroll(invitationUrl: string, options: EnrollOptions): Promise<void> {
    await this.#management.enroll(invitationUrl, options);
  }

  /**
   * Somebody goes through Setup Assistant: the first account of a Mac, with a secure token unless the server's own account took it.
   * Throws while it waits for DeviceConfigured, and when the server had its account pane skipped.
   */
  async finishSetup(person: SetupPerson): Promise<void> {
    setUpPrimaryAccount(this.model, person);
    await this.#save();
  }

  /** Removes the management profile, as its user may: CheckOut, then everything that MDM brought goes. */
  async unenroll(): Promise<void> {
    await this.#management.forget({ sayGoodBye: true });
  }

  /** Someone logs in. The first login of a user with a secure token escrows a bootstrap token, where the server takes one. */
  async login(user: string): Promise<void> {
    const account = this.model.users.find((candidate) => candidate.name === user);
    if (account === undefined) throw new Error(`no user ${user} on this Mac`);
    this.model.consoleUser = user;
    const { enrollment } = this.#management;
    const takesTokens =
      this.model.userEnrollment === undefined &&
      enrollment?.mdm.capabilities.includes("com.apple.mdm.bootstraptoken") === true;
    if (account.hasSecureToken && takesTokens && this.model.bootstrapToken === undefined) {
      const token = randomBytes(72);
      await this.mdm.setBootstrapToken(token);
      this.model.bootstrapToken = token.toString("base64");
      this.journal.write("bootstrap-token-escrowed");
    } else if (!account.hasSecureToken && takesTokens && this.model.bootstrapToken !== undefined) {
      // macOS 11 and later: whoever logs in gets a secure token, paid with the bootstrap token that the server gives back.
      const given = await this.mdm.getBootstrapToken();
      account.hasSecureToken =
        given !== undefined && Buffer.from(given).toString("base64") === this.model.bootstrapToken;
    }
    await this.#save();
  }

  /** Its user switches FileVault on: a new recovery key, escrowed where a payload asks for that. */
  async turnOnFileVault(): Promise<void> {
    this.model.fileVault = true;
    changePersonalKey(this.model);
    await this.#save();
  }

  /** The next commands are answered NotNow: so many, or all until something is done, after which the Mac asks again by itself. */
  sayNotNow(howLong: number | Promise<unknown>): void {
    if (typeof howLong === "number") this.mdm.misbehaviour.notNowTimes = howLong;
    else this.mdm.sayNotNowUntil(howLong);
  }

  /** The next command result is lost on its way, or the response to it: of any command, or of the next of one type. */
  dropNextAnswer(which: LostAnswer = "response", requestType?: string): void {
    this.mdm.misbehaviour.lostAnswers.push({ which, ...(requestType === undefined ? {} : { requestType }) });
  }

  /** The lid closes: pushes wait, its connections stand without a word, its processes stop where they are. */
  sleep(): void {
    this.mdm.sleep();
    this.#body.network.freeze();
    this.#body.suspend();
  }

  /** The lid opens. Connections that stood are gone unless `keepConnections`. A push that APNs kept arrives. */
  wakeUp(options: { readonly keepConnections?: boolean } = {}): void {
    this.#body.network.thaw({ drop: options.keepConnections !== true });
    this.#body.resume();
    this.mdm.wakeUp();
    this.#management.reconnectToApns();
  }

  /** Everything ends at once, nothing says good-bye, the disk stays. */
  async losePower(): Promise<void> {
    this.mdm.cut();
    this.mdm.sleep();
    this.#body.network.freeze();
    await this.#body.cutPower();
    this.journal.write("power-lost");
  }

  /** Starts after a loss of power or a shutdown: a new boot session, launchd's daemons, its place at APNs. */
  async boot(): Promise<void> {
    this.model.bootedAt = Date.now();
    this.model.bootSession = randomUUID().toUpperCase();
    takeFirmwarePassword(this.model);
    this.#body.network.thaw({ drop: true });
    this.mdm.wakeUp();
    await this.#save();
    await this.#start();
  }

  /** An orderly restart. */
  async restart(): Promise<void> {
    await this.shutDown();
    await this.boot();
  }

  /** Off, until `boot`. */
  async shutDown(): Promise<void> {
    this.mdm.cut();
    this.mdm.sleep();
    await this.#body.shutDown();
  }

  /**
   * A second body with the same identity, as a disk image or a virtual machine's copy makes one: it believes to be this Mac. It is
   * running when it is returned.
   */
  async clone(folder: string): Promise<VirtualMac> {
    await this.#save();
    await cp(this.#options.folder, folder, { recursive: true, filter: (source) => !source.endsWith(".next") });
    return VirtualMac.open({ ...this.#options, folder });
  }

  /** MQTT no longer passes, as behind a firewall. Needs `network: "switchable"`. */
  blockMqtt(isBlocked: boolean): void {
    this.#body.network.blockMqtt(isBlocked);
  }

  /** The agent's HTTPS no longer passes. Needs `network: "switchable"`. */
  blockHttps(isBlocked: boolean): void {
    this.#body.network.blockHttps(isBlocked);
  }

  /** The agent ends in an orderly way; launchd starts it again when its settings change. */
  async stopAgent(): Promise<void> {
    await this.#body.launchd.stop(AGENT_LABEL);
  }

  /** Somebody starts an application: a process, and the events that Endpoint Security has for it. */
  launchApp(request: AppRequest): Promise<MacProcess> {
    return this.#body.launchApp(request);
  }

  /** Switches it off for good, in an orderly way; its disk stays. */
  async close(): Promise<void> {
    this.mdm.sleep();
    this.mdm.cut();
    await this.#body.close();
    await this.#save();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #start(): Promise<void> {
    await this.#management.restore();
    await this.#body.powerOn();
    this.journal.write("booted", this.model.bootSession);
  }

  #save(): Promise<void> {
    return this.#management.save();
  }
}
