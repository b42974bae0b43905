import { randomUUID } from "node:crypto";
import { type AgentSettings, SETTINGS_DOMAIN } from "@pomona/agent-protocol";
import type { DeviceId } from "@pomona/facts";
import { buildMobileconfig, managedPreferencesPayload } from "@pomona/profiles";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import type { MdmCommands } from "./ports.ts";

/** Where agents find this server; known once the doors are open. */
export interface AgentAddresses {
  /** `https://host:8444` */
  readonly deviceUrl: string;
  /** `mqtts://host:8883` */
  readonly brokerUrl: string;
  /** PEM of the roots that agents pin. */
  readonly roots: string;
}

export interface SettingsOptions {
  readonly isUrgent: boolean;
  /** Ten minutes of first trust; missing once the agent has its certificate. */
  readonly token?: string;
}

const DAY_SECONDS = 86_400;
/** A token that lives ten minutes need not wait in a queue for longer. */
const TOKEN_SECONDS = 600;

/** Sends the agent's settings profile. Each has a new `Nudge`, so each wakes the agent. */
export class SettingsSender {
  readonly #commands: MdmCommands;
  readonly #addresses: () => AgentAddresses;

  constructor(commands: MdmCommands, addresses: () => AgentAddresses) {
    this.#commands = commands;
    this.#addresses = addresses;
  }

  /** Does nothing for a Mac that has left MDM: no command can reach it. */
  async send(tx: WriteTransaction, deviceId: DeviceId, { isUrgent, token }: SettingsOptions): Promise<void> {
    if ((await readDevice(tx, deviceId))?.mdmEnrolled !== true) return;
    const { deviceUrl, brokerUrl, roots } = this.#addresses();
    const settings: AgentSettings = {
      ServerURL: deviceUrl,
      BrokerURL: brokerUrl,
      TenantID: tx.scope.tenantId,
      DeviceID: deviceId,
      ...(token === undefined ? {} : { EnrollmentToken: token }),
      Roots: roots,
      Nudge: randomUUID(),
    };
    await this.#commands.enqueue(tx, deviceId, {
      requestType: "InstallProfile",
      profile: settingsProfile(settings),
      isUrgent,
      expiresInSeconds: token === undefined ? DAY_SECONDS : TOKEN_SECONDS,
    });
  }
}

/** Identifiers stay and UUIDs are new: Apple's client then replaces the installed profile. */
function settingsProfile(settings: AgentSettings): Uint8Array {
  const payload = { identifier: "io.pomona.agent.settings.keys", uuid: uuid(), displayName: "Pomona agent: settings" };
  return buildMobileconfig({
    identifier: "io.pomona.agent.settings",
    uuid: uuid(),
    displayName: "Pomona agent: settings",
    organization: "Pomona",
    description: "Tells the Pomona agent where its server is.",
    isRemovalDisallowed: true,
    payloads: [managedPreferencesPayload(payload, SETTINGS_DOMAIN, { ...settings })],
  });
}

const uuid = (): string => randomUUID().toUpperCase();
