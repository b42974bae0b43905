import type { DesiredMessage, Lane } from "@pomona/agent-protocol";
import type { Channel, CommandId, DeviceId, TenantId } from "@pomona/facts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";

/** Whom a client certificate of role `agent` names. */
export interface AgentIdentity {
  readonly tenantId: TenantId;
  readonly deviceId: DeviceId;
}

/** The live wires that end in this process. */
export interface DeviceBus {
  /**
   * Hands one message to a Mac that is connected here and listens for it. Handing over is not arriving: only the Mac's
   * own word (a receipt, `applied`) says that.
   * @param body JSON
   * @returns false when the Mac is not here, does not listen yet, or takes nothing more at the moment
   */
  send(to: AgentIdentity, lane: Lane, message: string, body: string): boolean;
  isListening(to: AgentIdentity, lane: Lane): boolean;
  /** Ends all lanes of a Mac. */
  disconnect(deviceId: DeviceId): void;
}

export type WireEnd = "closed" | "vanished" | "replaced";

/** What the agent channel asks of the features: who is there, and what to do with what it says. */
export interface AgentDoor {
  /** Revocation is looked up every time. @returns undefined for everything but a valid agent certificate of ours */
  identify(certificate: Uint8Array): Promise<AgentIdentity | undefined>;
  opened(from: AgentIdentity, lane: Lane): void;
  closed(from: AgentIdentity, lane: Lane, end: WireEnd): void;
  /**
   * Takes one message as it came. Resolves when what it says is committed (or, for what is not kept, counted), and also
   * for what cannot be read: that is kept in quarantine, so that it is not sent again for ever.
   * @throws when nothing could be committed: the sender keeps the message and tries again
   */
  receive(from: AgentIdentity, lane: Lane, message: string, bytes: Uint8Array): Promise<void>;
}

/** What a handler knows of the message beside its body. */
export interface MessageContext {
  readonly deviceId: DeviceId;
  readonly tenantId: TenantId;
  /** The way that the message took. */
  readonly channel: Extract<Channel, "wire" | "net">;
}

/** What a feature does with one kind of message, in the transaction whose commit acknowledges it. */
export type MessageHandler<Body = never> = (tx: WriteTransaction, context: MessageContext, body: Body) => Promise<void>;

/** Handlers by `lane/message`. A feature hands its own to the catalogue; the schemas are in packages/agent-protocol. */
export type MessageHandlers = Readonly<Record<string, MessageHandler>>;

/** Where the desired state of a Mac comes from; `protection` fills it, which stands above this feature. */
export interface DesiredSource {
  tokenFor(tx: ReadTransaction, deviceId: DeviceId): Promise<string>;
  /** All parts, in order. */
  partsFor(tx: ReadTransaction, deviceId: DeviceId): Promise<readonly DesiredMessage[]>;
}

/** MDM commands, as much of them as this feature needs. Queued with the transaction, pushed after its commit. */
export interface MdmCommands {
  enqueue(tx: WriteTransaction, deviceId: DeviceId, command: InstallCommand): Promise<{ readonly commandId: string }>;
}
export type InstallCommand =
  | {
      readonly requestType: "InstallProfile";
      /** A mobileconfig, which may hold a secret. */
      readonly profile: Uint8Array;
      readonly isUrgent: boolean;
      readonly expiresInSeconds: number;
    }
  | {
      readonly requestType: "InstallEnterpriseApplication";
      readonly manifest: PackageManifest;
      readonly expiresInSeconds: number;
    };

/** What a Mac in Setup Assistant waits for, as much of it as this feature needs. */
export interface SetupWork {
  expect(name: string, summary: string): void;
  follow(tx: WriteTransaction, deviceId: DeviceId, name: string, commandIds: readonly CommandId[]): Promise<void>;
  finish(tx: WriteTransaction, deviceId: DeviceId, name: string): Promise<void>;
}

/** Where a package is and what it has to be: the hash of each piece, so that nobody in between can change it. */
export interface PackageManifest {
  readonly url: string;
  readonly sha256s: readonly string[];
  readonly chunkBytes: number;
  readonly sizeBytes: number;
  readonly bundleIdentifier: string;
  readonly bundleVersion: string;
  readonly title: string;
}

/** The package that Macs install; `content` fills it from its own place above this feature. */
export interface AgentPackage {
  /** undefined when this server offers no agent. The link in it is for one tenant and ends by itself. */
  manifestFor(tenantId: TenantId): PackageManifest | undefined;
}
