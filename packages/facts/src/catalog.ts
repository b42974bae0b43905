import type { BatchId, CommandId, DeviceId, IncidentId, OrderId, RuleId } from "./ids.ts";

/** How far a command has come; the last five are final. */
export type CommandState =
  | "queued"
  | "sent"
  | "notNow"
  | "acknowledged"
  | "error"
  | "formatError"
  | "expired"
  | "cancelled";
/** How far an order has come; the last four are final. `unknown`: the agent died between running and reporting. */
export type OrderState = "queued" | "sent" | "running" | "succeeded" | "failed" | "expired" | "unknown";
/** The three ways to a Mac: `wire` MQTT, `wake` APNs through MDM, `net` HTTPS long poll. */
export type Channel = "wire" | "wake" | "net";

/** What is kept in escrow; the words are those of the contract. */
export type SecretKind =
  | "bootstrapToken"
  | "fileVaultKey"
  | "recoveryLock"
  | "firmwarePassword"
  | "lockPin"
  | "adminPassword"
  | "accountPassword"
  | "activationLockDevice"
  | "activationLockOurs";

/**
 * Every fact, by its name in the past tense, with what it tells. A fact names things by id and carries no secret:
 * whoever may read the stream may read the fact.
 */
export interface FactCatalog {
  "tenant.created": { readonly name: string };
  "device.enrolled": { readonly serialNumber: string | null; readonly name: string; readonly again: boolean };
  "device.unenrolled": { readonly reason: "check-out" | "replaced" | "removed" };
  "device.changed": { readonly fields: readonly string[] };
  /** A Mac in Setup Assistant waits for us; at `deadlineAt` (ms) it is let go whatever is unfinished. */
  "device.setup-began": { readonly deadlineAt: number };
  /** Nothing holds the Mac in Setup Assistant any more: `DeviceConfigured` is on its way, or it went on by itself. */
  "device.setup-ended": {
    readonly reason: "finished" | "deadline" | "mac-went-on";
    /** In words, what it did not wait for or what failed. */
    readonly unfinished: readonly string[];
  };
  "device.quarantined": { readonly reason: string };
  /** `detail` says in words what was seen, where there is more to say than the reason. */
  "enrollment.refused": { readonly reason: string; readonly detail?: string };
  /** A Mac came with the new identity that it was sent for; the one before is revoked. `expiresAt` is the new one's, in ms. */
  "identity.renewed": { readonly expiresAt: number };
  "renewal.failed": { readonly attempts: number; readonly reason: string; readonly nextAt: number };
  /** The identity ends within 30 days and no renewal has worked: told once. Times in ms. */
  "renewal.stranding": { readonly expiresAt: number; readonly reason: string };
  /** `certificate` is the SHA-256 of its DER in hex; `by` a person or a token, or what part of the server. */
  "certificate.revoked": {
    readonly certificate: string;
    readonly role: string;
    readonly reason: string;
    readonly by: string;
  };
  "escrow.bootstrap-token-stored": { readonly removed: boolean };
  /** Enrolled for a day and more, and no token here; `since` in ms. */
  "escrow.bootstrap-token-missing": { readonly since: number };
  "escrow.secret-stored": {
    readonly kind: SecretKind;
    readonly secretId: string;
    readonly slot: "pending" | "current" | "old";
    readonly source: string;
  };
  /** Someone saw it; `rotatesAt` in ms, null where it is not replaced for that. */
  "escrow.secret-revealed": {
    readonly kind: SecretKind;
    readonly secretId: string;
    readonly actor: string;
    readonly rotatesAt: number | null;
  };
  "escrow.secret-verified": { readonly kind: SecretKind; readonly verdict: "right" | "wrong" | "unknown" };
  /** Held, and it cannot be opened any more: the key that sealed it is missing, or the bytes are damaged. */
  "escrow.secret-unreadable": { readonly kind: SecretKind; readonly secretId: string | null };
  "escrow.rotation-changed": {
    readonly kind: SecretKind;
    readonly state: "scheduled" | "waiting" | "sent" | "validating" | "done" | "failed";
    readonly reason?: string;
  };
  /** The Mac's own bypass code is not here, and macOS hands it out only until `expiresAt` (ms). */
  "escrow.code-expiring": { readonly expiresAt: number };
  "escrow.policy-changed": { readonly kind: SecretKind };
  "escrow.certificate-changed": { readonly expiresAt: number };
  /** Recovery keys are sealed to another key from now on; null: to the server's own. */
  "escrow.recipient-changed": { readonly keyId: string | null };
  "escrow.kms-changed": { readonly state: "works" | "refused" | "unreachable" };
  "escrow.departure-changed": { readonly step: string | null; readonly state: string };
  /** Sealed with a new data key from now on; what was sealed before still opens. */
  "recovery.data-key-changed": { readonly kid: string };
  "recovery.reseal-ended": { readonly kid: string; readonly resealed: number; readonly failed: number };
  /** Somebody with the data folder took the tenant's secrets out, encrypted to keys that lie elsewhere. */
  "recovery.bundle-exported": { readonly bundleId: string; readonly values: number; readonly by: string };
  /** A Mac enrolled, and no recovery bundle of the tenant was ever proved to open. */
  "recovery.untested": { readonly state: "neverExported" | "neverTested" };
  "recovery.drill-passed": { readonly bundleId: string; readonly by: string };
  "push.failed": { readonly reason: string; readonly status: number };
  /** A Mac was taken over from another MDM server; `device.enrolled` follows when it comes by. */
  "device.moved-in": { readonly serialNumber: string | null };
  /** A Mac that was taken over without its certificate has brought it, within the window for that. */
  "enrollment.associated": { readonly certificateHash: string };
  /** Nothing of the tenant goes through: its certificate was refused, or Apple cannot be reached. */
  "push.stopped": { readonly reason: string; readonly status: number };
  "push.resumed": { readonly reason: "certificate-changed" | "worked-again" };
  /** Once per certificate and threshold: 60, 30 and 7 days before its end, and 0 when it has expired. */
  "push.expiry-warned": { readonly topic: string; readonly expiresAt: number; readonly days: number };
  /** A Mac changes its push token again and again: it is woken more rarely until it stops. */
  "push.token-flapped": { readonly changes: number };
  "push.certificate-changed": { readonly topic: string; readonly expiresAt: number };
  "command.queued": { readonly commandId: CommandId; readonly requestType: string };
  "command.answered": {
    readonly commandId: CommandId;
    readonly requestType: string;
    readonly state: CommandState;
    readonly reason?: string;
  };
  "batch.changed": {
    readonly batchId: BatchId;
    readonly state: string;
    readonly total: number;
    readonly acknowledged: number;
    readonly failed: number;
  };
  "queue.held": { readonly reason: string; readonly commands: number; readonly orders: number };
  "queue.released": { readonly commands: number; readonly orders: number; readonly isDiscarded: boolean };
  "agent.token-minted": { readonly expiresAt: number };
  "agent.enrolled": { readonly version: string };
  "agent.online": { readonly channel: Channel; readonly version: string };
  "agent.offline": { readonly reason: "closed" | "vanished" | "replaced" | "server-stopped" };
  "agent.channel-changed": { readonly channel: Channel; readonly health: "up" | "down" | "unknown" };
  "agent.sensor-changed": { readonly state: string; readonly detail: string };
  "agent.reinstall-requested": { readonly attempt: number };
  "agent.reinstall-verified": { readonly attempts: number };
  "agent.reinstall-gave-up": { readonly attempts: number; readonly outcome: string };
  "order.queued": { readonly orderId: OrderId; readonly type: string };
  "order.sent": { readonly orderId: OrderId; readonly type: string; readonly channel: Channel };
  "order.running": { readonly orderId: OrderId; readonly type: string; readonly channel: Channel };
  "order.finished": { readonly orderId: OrderId; readonly type: string; readonly state: OrderState };
  "rule.changed": { readonly ruleId: RuleId; readonly name: string };
  "rule.removed": { readonly ruleId: RuleId; readonly name: string };
  "rule.fell-back": { readonly ruleId: RuleId; readonly reason: string };
  "incident.opened": {
    readonly incidentId: IncidentId;
    readonly ruleId: RuleId;
    readonly ruleName: string;
    readonly path: string;
    readonly action: "kill" | "report";
    readonly outcome: string;
  };
  "incident.closed": { readonly incidentId: IncidentId };
  "message.quarantined": { readonly channel: "device" | "agent"; readonly reason: string };
  "budget.exceeded": {
    readonly action: string;
    readonly actor: string;
    readonly limit: number;
    readonly risk?: string;
    readonly devices?: number;
  };
  "limits.changed": { readonly actor: string; readonly risk: string; readonly isLoosened: boolean };
  "audit.recorded": { readonly sequence: number; readonly action: string };
  "token.changed": { readonly name: string };
}

export type FactType = keyof FactCatalog;

/** A fact that is about to be written: its id, time and place in the order are given by the store. */
export type NewFact = {
  [Type in FactType]: { readonly type: Type; readonly deviceId?: DeviceId; readonly data: FactCatalog[Type] };
}[FactType];
