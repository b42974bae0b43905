import type { DeviceId, TenantId } from "@pomona/facts";
import { PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import type { CommandsFeature } from "../commands/index.ts";
import { readDevice } from "../devices/index.ts";
import {
  type EndingIdentity,
  type Enrollment,
  type EnrollmentFeature,
  readEndingIdentities,
  readEnrollmentOfDevice,
} from "../enrollment/index.ts";
import {
  dueAt,
  OFFER_MS,
  RENEWAL_STATES,
  RETRY_MS,
  type RenewalEvent,
  type RenewalRow,
  retryAfter,
  SETTLE_MS,
  STRANDING_MS,
} from "./model.ts";
import { reasonOf } from "./reason.ts";
import { countOne, countSent, deleteRenewal, putRenewal, readReady, readRenewal, readUntold } from "./renewals.sql.ts";

export interface RenewalPorts {
  readonly enrollment: Pick<EnrollmentFeature, "onIdentity" | "onReset" | "renewalProfile">;
  readonly commands: Pick<CommandsFeature, "queue" | "onAnswer">;
  /** How many days before its end the renewal of an identity begins. */
  readonly startDays: number;
  /** Profiles sent in an hour at most, all tenants together. Default 500. */
  readonly mostPerHour?: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PAGE = 500;
const MOST_PER_HOUR = 500;

/** Moves renewals from state to state. Each step is one small transaction, so that no Mac waits for another. */
export class Renewer {
  readonly #kernel: Kernel;
  readonly #ports: RenewalPorts;
  /** Identities that are known to have their row: one read of each after a start is enough. */
  readonly #noted = new Set<string>();

  constructor(kernel: Kernel, ports: RenewalPorts) {
    this.#kernel = kernel;
    this.#ports = ports;
  }

  /** Everything that time brings: new ones, profiles to send, answers that did not come, Macs to be told of. */
  async sweep(): Promise<void> {
    await this.#noteDue();
    await this.#failOverdue();
    await this.#sendReady();
    await this.#tellStranding();
  }

  /** A person asks: at the next free moment, whenever the identity ends. @returns undefined for a Mac that is not enrolled */
  async ask(tx: WriteTransaction, deviceId: DeviceId): Promise<RenewalRow | undefined> {
    const enrollment = await readEnrollmentOfDevice(tx, deviceId);
    if (enrollment === undefined || enrollment.pinExpiresAt === null) return undefined;
    const row = (await readRenewal(tx, deviceId)) ?? newRow(enrollment, deviceId, enrollment.pinExpiresAt, tx.now);
    const state = RENEWAL_STATES[row.state].asked;
    // A profile that waits for its Mac already is not sent twice.
    const next = state === "due" ? { ...row, state, nextAt: tx.now, isAsked: true } : { ...row, isAsked: true };
    await putRenewal(tx, next);
    return { ...next, tenantId: tx.scope.tenantId };
  }

  /** Sends the profile now, without regard to the bound per hour, if this Mac's time between attempts is over. */
  async sendNow(tenantId: TenantId, deviceId: DeviceId): Promise<void> {
    const row = await this.#kernel.store.read(systemScope(tenantId, "renewal"), (tx) => readRenewal(tx, deviceId));
    if (row !== undefined && (row.state === "due" || row.state === "failed")) await this.#send(row);
  }

  /** A Mac whose identity has run out asks for work: what renews it must be there when its poll is answered. */
  async onExpiredPoll(enrollment: Enrollment, deviceId: DeviceId): Promise<void> {
    const scope = systemScope(enrollment.tenantId, "renewal");
    const row = await this.#kernel.store.read(scope, (tx) => readRenewal(tx, deviceId));
    if (row?.state === "queued" || row?.state === "checkedIn") return;
    if (row === undefined)
      await this.#kernel.store.write(scope, (tx) =>
        putRenewal(tx, newRow(enrollment, deviceId, enrollment.pinExpiresAt ?? tx.now, tx.now)),
      );
    await this.sendNow(enrollment.tenantId, deviceId);
  }

  /** What became of a profile, in the transaction that ends its command. */
  async onAnswer(
    tx: WriteTransaction,
    answer: { readonly deviceId: DeviceId; readonly commandId: string; readonly error: string | null },
  ): Promise<void> {
    const row = await readRenewal(tx, answer.deviceId);
    if (row === undefined || row.commandId !== answer.commandId) return;
    await this.#step(tx, row, answer.error === null ? "acknowledged" : "refused", answer.error ?? undefined);
  }

  async onIdentity(tx: WriteTransaction, enrollment: Enrollment, stage: "checkedIn" | "done"): Promise<void> {
    if (enrollment.deviceId === null) return;
    const row = await readRenewal(tx, enrollment.deviceId);
    if (row !== undefined) await this.#step(tx, row, stage === "done" ? "renewed" : "checkedIn");
  }

  async #step(tx: WriteTransaction, row: RenewalRow, event: RenewalEvent, error?: string): Promise<void> {
    const state = RENEWAL_STATES[row.state][event];
    if (state === undefined) return;
    if (state === "done") {
      await deleteRenewal(tx, row.deviceId);
      if (row.commandId === null) return;
      // The Mac did what the profile asked; should its answer not come, the profile must not go out a second time.
      await this.#ports.commands.queue.settle(tx, row.commandId);
      return;
    }
    if (state !== "failed") {
      await putRenewal(tx, { ...row, state, nextAt: tx.now + SETTLE_MS });
      return;
    }
    const reason = error ?? reasonOf({ ...row, state: row.state }, await readDevice(tx, row.deviceId), tx.now);
    const nextAt = Math.max(tx.now, (row.sentAt ?? 0) + retryAfter(row.attempts, row.expiresAt - tx.now));
    await putRenewal(tx, { ...row, state, nextAt, lastError: reason });
    await tx.publish({
      type: "renewal.failed",
      deviceId: row.deviceId,
      data: { attempts: row.attempts, reason: reason.slice(0, 500), nextAt },
    });
  }

  async #noteDue(): Promise<void> {
    const now = this.#kernel.clock.now();
    const before = now + this.#ports.startDays * DAY;
    let after: EndingIdentity | undefined;
    for (;;) {
      const page = await this.#kernel.store.read(systemScope(PLATFORM, "renewal"), (tx) =>
        readEndingIdentities(tx, { before, after, limit: PAGE }),
      );
      await this.#each(page, async (identity) => {
        const key = `${identity.enrollmentId} ${identity.expiresAt}`;
        if (this.#noted.has(key) || dueAt(identity.deviceId, identity.expiresAt, this.#ports.startDays) > now) return;
        await this.#noteOne(identity);
        this.#noted.add(key);
      });
      after = page.at(-1);
      if (page.length < PAGE || after === undefined) return;
    }
  }

  async #noteOne(identity: EndingIdentity): Promise<void> {
    const { tenantId, deviceId, enrollmentId, expiresAt } = identity;
    const scope = systemScope(tenantId, "renewal");
    const known = await this.#kernel.store.read(scope, (tx) => readRenewal(tx, deviceId));
    if (known !== undefined && known.enrollmentId === enrollmentId && known.expiresAt === expiresAt) return;
    await this.#kernel.store.write(scope, async (tx) => {
      const enrollment = await readEnrollmentOfDevice(tx, deviceId);
      if (enrollment === undefined || enrollment.id !== enrollmentId || enrollment.pinExpiresAt !== expiresAt) return;
      await putRenewal(tx, newRow(enrollment, deviceId, expiresAt, tx.now));
    });
  }

  async #failOverdue(): Promise<void> {
    const now = this.#kernel.clock.now();
    const late = await this.#kernel.store.read(systemScope(PLATFORM, "renewal"), (tx) =>
      readReady(tx, ["queued", "acknowledged", "checkedIn"], now, PAGE),
    );
    await this.#each(late, async ({ tenantId, deviceId }) => {
      await this.#kernel.store.write(systemScope(tenantId, "renewal"), async (tx) => {
        const row = await readRenewal(tx, deviceId);
        if (row !== undefined && row.nextAt <= tx.now) await this.#step(tx, row, "overdue");
      });
    });
  }

  async #sendReady(): Promise<void> {
    const now = this.#kernel.clock.now();
    const most = this.#ports.mostPerHour ?? MOST_PER_HOUR;
    const ready = await this.#kernel.store.read(systemScope(PLATFORM, "renewal"), async (tx) => {
      const free = Math.max(0, most - (await countSent(tx, Math.floor(now / HOUR))));
      return readReady(tx, ["due", "failed"], now, Math.min(free, PAGE));
    });
    await this.#each(ready, (row) => this.#send(row));
  }

  /** One Mac's trouble is no other's. */
  async #each<Item extends { readonly deviceId: DeviceId }>(
    items: readonly Item[],
    step: (item: Item) => Promise<void>,
  ): Promise<void> {
    for (const item of items) {
      try {
        await step(item);
      } catch (error) {
        this.#kernel.log.error("renewal.step-failed", { deviceId: item.deviceId, error: String(error) });
      }
    }
  }

  async #send(row: RenewalRow): Promise<void> {
    try {
      await this.#queueProfile(row);
    } catch (error) {
      if (!(error instanceof PomonaError)) throw error;
      await this.#kernel.store.write(systemScope(row.tenantId, "renewal"), async (tx) => {
        const current = await readRenewal(tx, row.deviceId);
        if (current === undefined) return;
        await putRenewal(tx, { ...current, state: "failed", lastError: error.message, nextAt: tx.now + RETRY_MS });
      });
    }
  }

  /** The profile is signed before the transaction, which only queues it. */
  async #queueProfile(row: RenewalRow): Promise<void> {
    const { tenantId, deviceId, enrollmentId } = row;
    if (row.sentAt !== null && this.#kernel.clock.now() - row.sentAt < RETRY_MS) return;
    const offer = await this.#ports.enrollment.renewalProfile(tenantId, enrollmentId, OFFER_MS + HOUR);
    await this.#kernel.store.write(systemScope(tenantId, "renewal"), async (tx) => {
      const current = await readRenewal(tx, deviceId);
      if (current === undefined || RENEWAL_STATES[current.state].sent === undefined) return;
      if (offer === undefined) return deleteRenewal(tx, deviceId);
      await countOne(tx, Math.floor(tx.now / HOUR));
      await offer.admit(tx);
      const { id } = await this.#ports.commands.queue.enqueue(tx, {
        deviceId,
        requestType: "InstallProfile",
        input: { payload: Buffer.from(offer.profile).toString("base64") },
        // Nothing else helps a Mac whose identity is about to end.
        lane: current.expiresAt - tx.now < STRANDING_MS ? "urgent" : "normal",
        ttlMs: OFFER_MS,
        actor: "renewal",
      });
      await putRenewal(tx, {
        ...current,
        state: "queued",
        attempts: current.attempts + 1,
        commandId: id,
        sentAt: tx.now,
        // The command's own end comes first; this is for one that was cleared away.
        nextAt: tx.now + OFFER_MS + HOUR,
      });
    });
  }

  async #tellStranding(): Promise<void> {
    const before = this.#kernel.clock.now() + STRANDING_MS;
    const rows = await this.#kernel.store.read(systemScope(PLATFORM, "renewal"), (tx) => readUntold(tx, before, PAGE));
    await this.#each(rows, async ({ tenantId, deviceId }) => {
      await this.#kernel.store.write(systemScope(tenantId, "renewal"), async (tx) => {
        const row = await readRenewal(tx, deviceId);
        if (row === undefined || row.isTold) return;
        const reason = reasonOf(row, await readDevice(tx, deviceId), tx.now);
        await putRenewal(tx, { ...row, isTold: true });
        await tx.publish({ type: "renewal.stranding", deviceId, data: { expiresAt: row.expiresAt, reason } });
      });
    });
  }
}

const newRow = (
  enrollment: Pick<Enrollment, "id" | "tenantId">,
  deviceId: DeviceId,
  expiresAt: number,
  now: number,
): RenewalRow => ({
  tenantId: enrollment.tenantId,
  deviceId,
  enrollmentId: enrollment.id,
  state: "due",
  expiresAt,
  attempts: 0,
  nextAt: now,
  sentAt: null,
  commandId: null,
  lastError: null,
  isTold: false,
  isAsked: false,
});
