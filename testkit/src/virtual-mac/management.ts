import { randomUUID } from "node:crypto";
import { parseSettings } from "@pomona/agent";
import type { AttestKey } from "../acme/enroll-by-acme.ts";
import { AGENT_LABEL, AGENT_SETTINGS } from "../agent/agent-paths.ts";
import type { PushRegistration } from "../apns/apns-receiver.ts";
import { fetchApplication, fetchManifest, launchDaemonsOf, versionOf } from "../install/install-application.ts";
import { writeFiles } from "../install/unpack-archive.ts";
import type { CommandPort, ManifestSource } from "../mdm/command-port.ts";
import { fetchEnrollmentProfile, prepareEnrollment } from "../mdm/enroll.ts";
import type { EnrollmentState } from "../mdm/enrollment-state.ts";
import { makeIdentityKey } from "../mdm/identity-key.ts";
import { MdmClient } from "../mdm/mdm-client.ts";
import { ESCROWED_KEY_FILE } from "../model/file-vault.ts";
import type { MacModel, ManagedApplication } from "../model/mac-model.ts";
import { becomeManaged, becomeUnmanaged, eraseModel } from "../model/management-state.ts";
import { readProfile } from "../profiles/configuration-profile.ts";
import { checkPayloads, forgetProfile, recordProfile } from "../profiles/installed-profiles.ts";
import {
  forcedPreferences,
  removeManagedPreferences,
  writeManagedPreferences,
} from "../profiles/managed-preferences.ts";
import { profileRefused, Refused } from "../profiles/profile-refused.ts";
import { attester } from "./attester.ts";
import type { Journal } from "./journal.ts";
import { type KeptState, stateKeeper } from "./kept-state.ts";
import type { MacBody } from "./mac-body.ts";
import type { EnrollOptions, VirtualMacOptions } from "./options.ts";

/** How a Mac's power is switched; commands ask for it. */
export interface PowerSwitch {
  restart(): Promise<void>;
  shutDown(): Promise<void>;
}

/** What management does to a Mac: its enrollment, and the profiles and packages that come by MDM. */
export class Management {
  readonly mdm: MdmClient;
  readonly #options: VirtualMacOptions;
  readonly #kept: KeptState;
  readonly #body: MacBody;
  readonly #journal: Journal;
  readonly #power: PowerSwitch;
  readonly #keep: (state: KeptState) => Promise<void>;
  /** Of its channels; empty while APNs does not know them. */
  #pushes: readonly PushRegistration[] = [];
  /** What lies in the escrow file, as far as this life of the Mac wrote it. */
  #writtenKey: string | undefined;

  constructor(options: VirtualMacOptions, kept: KeptState, body: MacBody, journal: Journal, power: PowerSwitch) {
    this.#options = options;
    this.#kept = kept;
    this.#body = body;
    this.#journal = journal;
    this.#power = power;
    this.#keep = stateKeeper(options.folder);
    body.modelChanged = () => this.save();
    this.mdm = new MdmClient({
      mac: this.#commandPort(),
      identityMode: options.identityMode ?? "signature",
      ...(options.pool === undefined ? {} : { pool: options.pool }),
      onUnenrolled: () => this.forget({ sayGoodBye: false }),
      onCommand: (requestType, status) => journal.write("command", `${requestType} ${status}`),
    });
  }

  get model(): MacModel {
    return this.#kept.model;
  }

  get enrollment(): EnrollmentState | undefined {
    return this.#kept.enrollment;
  }

  /** Fetches the profile of an invitation, installs it and checks in. `ca` is PEM. Throws `Refused`. */
  async enroll(invitationUrl: string, options: EnrollOptions): Promise<void> {
    const roots = options.ca === undefined ? [] : [options.ca];
    const bytes = await fetchEnrollmentProfile(invitationUrl, roots, this.#options.pool);
    const prepared = await prepareEnrollment({
      bytes,
      roots,
      makeKey: (bits) => this.#makeKey(bits, "mdm"),
      // What Apple attests names the hardware.
      ...(options.kind === "user" ? {} : this.#attest()),
      ...(this.#options.pool === undefined ? {} : { pool: this.#options.pool }),
    });
    this.#kept.enrollment = prepared.state;
    recordProfile(this.model, prepared.profile, "Manual", prepared.certificate);
    becomeManaged(this.model, options.kind ?? "manual", options.isAwaitingConfiguration ?? false);
    this.mdm.use(prepared.state);
    // The token is known to APNs before a server hears of it: the first push may come before the answer to TokenUpdate.
    this.#registerForPush();
    try {
      await this.mdm.checkInAsNew();
    } catch (error) {
      await this.#forgetAll({ sayGoodBye: false });
      throw error;
    }
    await this.save();
    this.#journal.write("enrolled", prepared.state.mdm.topic);
  }

  /** After a start: the enrollment and its settings are in use again, and APNs knows where the Mac is. */
  async restore(): Promise<void> {
    if (this.#kept.enrollment === undefined) return;
    this.mdm.use(this.#kept.enrollment);
    await this.#applySettings();
    if (this.#pushes.length === 0) this.#registerForPush();
    else this.reconnectToApns();
  }

  /** A push that APNs kept while the Mac was away arrives. */
  reconnectToApns(): void {
    for (const push of this.#pushes) push.reconnect();
  }

  /** The enrollment ends, and all that MDM brought goes. With `sayGoodBye` the server is told, as far as it asked for that. */
  async forget(options: { readonly sayGoodBye: boolean }): Promise<void> {
    if (this.#kept.enrollment === undefined) return;
    await this.#forgetAll(options);
    this.#journal.write("unenrolled");
  }

  async #forgetAll(options: { readonly sayGoodBye: boolean }): Promise<void> {
    const { enrollment } = this.#kept;
    await this.mdm.leave(options);
    for (const push of this.#pushes) push.unregister();
    this.#pushes = [];
    this.#kept.enrollment = undefined;
    this.model.bootstrapToken = undefined;
    becomeUnmanaged(this.model);
    if (enrollment !== undefined) forgetProfile(this.model, enrollment.profileIdentifier);
    for (const profile of this.model.profiles.filter((candidate) => candidate.isManaged)) {
      forgetProfile(this.model, profile.identifier);
      for (const domain of this.#kept.preferences[profile.identifier] ?? []) await this.#removePreferences(domain);
    }
    this.#kept.preferences = {};
    await this.#applySettings();
    await this.save();
  }

  async save(): Promise<void> {
    await this.#writeEscrowedKey();
    await this.#keep(this.#kept);
  }

  /** The escrowed key lies where the agent looks for it, as long as there is one. */
  async #writeEscrowedKey(): Promise<void> {
    const { cms } = this.model.recovery;
    if (cms === this.#writtenKey) return;
    this.#writtenKey = cms;
    if (cms === undefined) await this.#body.root.remove(ESCROWED_KEY_FILE);
    else await this.#body.root.write(ESCROWED_KEY_FILE, Buffer.from(cms, "base64"), 0o600);
  }

  #registerForPush(): void {
    const { enrollment } = this.#kept;
    if (enrollment === undefined) return;
    const { apns } = this.#options;
    if (apns === undefined) return;
    const ofUser = this.model.userEnrollment?.pushToken;
    const tokens = [enrollment.pushToken, ...(ofUser === undefined ? [] : [ofUser])];
    this.#pushes = tokens.map((token) => apns.register(token, enrollment.mdm.topic, (magic) => this.mdm.push(magic)));
  }

  #commandPort(): CommandPort {
    return {
      model: this.model,
      pushToken: () => this.#kept.enrollment?.pushToken ?? "",
      installProfile: (bytes) => this.#installProfile(bytes),
      removeProfile: (identifier) => this.#removeProfile(identifier),
      installApplication: (source, managed) => this.#installApplication(source, managed),
      erase: (how) => this.#erase(how),
      updateToken: () => this.mdm.updateToken(),
      attest: attester(this.model, this.#options.attestation),
      restart: () => this.#power.restart(),
      shutDown: () => this.#power.shutDown(),
      lock: (pin, message) => {
        this.model.lock = { pin, message };
        return this.#power.restart();
      },
      save: () => this.save(),
    };
  }

  async #installProfile(bytes: Uint8Array): Promise<(() => Promise<void>) | undefined> {
    const profile = readProfile(bytes);
    checkPayloads(profile, "MDM");
    if (profile.payloads.some((payload) => payload.type === "com.apple.mdm")) return this.#renew(bytes);
    const preferences = forcedPreferences(profile);
    for (const [domain, settings] of preferences) {
      if (domain === AGENT_LABEL) preferences.set(domain, await this.#body.network.route(settings));
    }
    const before = this.#kept.preferences[profile.identifier] ?? [];
    recordProfile(this.model, profile, "MDM");
    this.#kept.preferences[profile.identifier] = [...preferences.keys()];
    await writeManagedPreferences(this.#body.root, preferences);
    for (const domain of before.filter((name) => !preferences.has(name))) await this.#removePreferences(domain);
    await this.#applySettings();
    for (const domain of preferences.keys())
      this.#body.launchd.pathChanged(`/Library/Managed Preferences/${domain}.plist`);
    await this.save();
    this.#journal.write("profile-installed", profile.identifier);
    return undefined;
  }

  async #renew(bytes: Uint8Array): Promise<(() => Promise<void>) | undefined> {
    const old = this.#kept.enrollment;
    if (old === undefined) throw new Error("a Mac without enrollment cannot renew it");
    const prepared = await prepareEnrollment({
      bytes,
      roots: old.roots,
      makeKey: (bits) => this.#makeKey(bits, `mdm ${randomUUID()}`),
      ...this.#attest(),
      renewing: old,
      ...(this.#options.pool === undefined ? {} : { pool: this.#options.pool }),
    }).catch((error: unknown) => {
      if (error instanceof Refused) throw error;
      // Whatever became of its identity: the profile is not installed, and the Mac says so.
      throw Object.assign(profileRefused(`The identity could not be had: ${String(error)}`), { cause: error });
    });
    const checkIn = async (): Promise<void> => {
      this.#kept.enrollment = prepared.state;
      this.mdm.use(prepared.state);
      try {
        await this.mdm.checkInAsNew();
      } catch (error) {
        // A profile whose installation fails leaves the one before it as it was.
        this.#kept.enrollment = old;
        this.mdm.use(old);
        throw error;
      }
      forgetProfile(this.model, old.profileIdentifier);
      recordProfile(this.model, prepared.profile, "MDM", prepared.certificate);
      await this.save();
      this.#journal.write("renewed");
    };
    const { renewalAcknowledgement } = this.mdm.misbehaviour;
    if (renewalAcknowledgement === "before") return checkIn;
    await checkIn();
    if (renewalAcknowledgement === "never") this.mdm.misbehaviour.lostAnswers.push({ which: "report" });
    return undefined;
  }

  async #removeProfile(identifier: string): Promise<void> {
    const found = this.model.profiles.find((profile) => profile.identifier === identifier);
    if (found === undefined) {
      const description = `The profile “${identifier}” is not installed.`;
      throw new Refused({ code: 89, domain: "MDMClientError", description });
    }
    if (identifier === this.#kept.enrollment?.profileIdentifier) return this.forget({ sayGoodBye: true });
    if (!found.isManaged) {
      const description = `The profile “${identifier}” was not installed by MDM.`;
      throw new Refused({ code: 12_030, domain: "MCMDMErrorDomain", description });
    }
    forgetProfile(this.model, identifier);
    for (const domain of this.#kept.preferences[identifier] ?? []) await this.#removePreferences(domain);
    delete this.#kept.preferences[identifier];
    await this.#applySettings();
    await this.save();
    this.#journal.write("profile-removed", identifier);
  }

  async #removePreferences(domain: string): Promise<void> {
    await removeManagedPreferences(this.#body.root, domain);
    this.#body.launchd.pathChanged(`/Library/Managed Preferences/${domain}.plist`);
  }

  async #installApplication(source: ManifestSource, managed?: ManagedApplication): Promise<() => Promise<void>> {
    const roots = this.#kept.enrollment?.roots ?? [];
    const manifest = await fetchManifest(source, roots);
    const { managedApplications } = this.model;
    const { bundleIdentifier } = manifest;
    const note = (status: string): void => {
      if (managed !== undefined) managedApplications[bundleIdentifier] = { ...managed, status };
    };
    note("Installing");
    const install = async (): Promise<void> => {
      const files = await fetchApplication(manifest, roots, this.#options.packages);
      const isProcess = this.#options.agentMode === "process";
      // A Mac whose agent runs in our process needs the job and the version, not the program.
      const wanted = isProcess ? files : files.filter((file) => file.bytes.length < 65_536);
      await writeFiles(this.#body.root.folder, wanted);
      this.#journal.write(
        "package-installed",
        `${manifest.bundleIdentifier} ${versionOf(files, manifest.bundleVersion)}`,
      );
      note("Managed");
      if (this.#options.agentMode === "none") return;
      for (const path of launchDaemonsOf(files)) await this.#body.launchd.load(path, "boot");
    };
    // The conversation with the server goes on meanwhile, as it does on a Mac.
    return () => {
      install().catch((error: unknown) => {
        note("Failed");
        this.#journal.write("package-failed", String(error));
      });
      return Promise.resolve();
    };
  }

  async #erase(how: "contents" | "obliterated"): Promise<void> {
    await this.#body.launchd.shutDown();
    await this.forget({ sayGoodBye: false });
    eraseModel(this.model, how);
    await this.#body.root.remove("/Library");
    await this.#body.root.remove("/private");
    await this.save();
    this.#journal.write("erased", how);
  }

  /** An agent in our process has its settings handed; one that runs as a process reads the file. */
  async #applySettings(): Promise<void> {
    const bytes = await this.#body.root.read(AGENT_SETTINGS);
    try {
      this.#body.settings.set(bytes === undefined ? undefined : parseSettings(bytes));
    } catch (error) {
      this.#journal.write("failed", `the agent's settings cannot be used: ${String(error)}`);
    }
  }

  /** Apple silicon with macOS 14 or later attests, unless it is its user's own; what it says of itself is what the model is. */
  #attest(): { readonly attest?: AttestKey } {
    const { attestation } = this.#options;
    const { model } = this;
    if (
      attestation === undefined ||
      model.userEnrollment !== undefined ||
      !model.hardware.isAppleSilicon ||
      Number.parseInt(model.os.version, 10) < 14
    )
      return {};
    return {
      attest: (spki, freshness) =>
        attestation.attest({
          spki,
          properties: {
            serialNumber: model.serialNumber,
            provisioningUdid: model.provisioningUdid,
            osVersion: model.os.version,
            systemIntegrityProtection: model.sip ? "0" : "1",
            secureBoot: "Full Security",
            thirdPartyKexts: "0",
            freshness,
          },
        }),
    };
  }

  #makeKey(bits: number, purpose: string): Promise<string> {
    return makeIdentityKey(`${this.model.udid} ${purpose}`, bits, this.#options.keyCacheDir);
  }
}
