import type { TenantId } from "@pomona/facts";
import type { Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import type { EnrollmentFeature, TokenTold } from "../enrollment/index.ts";
import { meaningOf } from "./apns-errors.ts";
import { FlappingTokens } from "./flapping-tokens.ts";
import { Lane } from "./lane.ts";
import { forgetParked, insertParked, readParked } from "./parked.sql.ts";
import type { PushSender } from "./ports.ts";
import { noteAccepted, noteFailure } from "./push.sql.ts";
import type { PushJournal } from "./push-journal.ts";
import { type PushAttempt, PushOnce } from "./push-once.ts";
import { keyOf, type Wish } from "./wishes.ts";

/** Two pushes to one Mac are at least this far apart; what comes in between becomes one. */
const GAP_MS = 250;
const AT_ONCE = 200;

/**
 * Wakes Macs. Wishes for one Mac are coalesced: the first goes out at once, all that come while it is under way become one
 * more. A refused token is not tried again until the Mac sends another; while nothing of a tenant goes through, wishes wait.
 */
export class PushQueue {
  readonly #kernel: Kernel;
  readonly #enrollment: Pick<EnrollmentFeature, "stopPushes">;
  readonly #once: PushOnce;
  readonly #journal: PushJournal;
  readonly #flapping: FlappingTokens;
  readonly #underWay = new Map<string, { isDirty: boolean }>();
  readonly #lanes = new Map<TenantId, Lane>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #isStopped = false;

  constructor(
    kernel: Kernel,
    enrollment: Pick<EnrollmentFeature, "stopPushes">,
    sender: PushSender,
    journal: PushJournal,
  ) {
    this.#kernel = kernel;
    this.#enrollment = enrollment;
    this.#once = new PushOnce(kernel, sender);
    this.#journal = journal;
    this.#flapping = new FlappingTokens();
  }

  /** What was waiting when the server stopped goes out at the first turn, once the doors are open. */
  async start(): Promise<void> {
    const parked = await this.#kernel.store.read(systemScope(PLATFORM, "push"), readParked);
    for (const wish of parked) this.lane(wish.tenantId).park(wish);
  }

  /** Soon, and at most once for all wishes of a moment. Call it after the commit of what the Mac shall fetch. */
  wake(wish: Wish): void {
    if (this.#isStopped) return;
    const key = keyOf(wish);
    const under = this.#underWay.get(key);
    if (under !== undefined) {
      under.isDirty = true;
      return;
    }
    const now = this.#kernel.clock.now();
    const lane = this.lane(wish.tenantId);
    const notBefore = this.#flapping.notBefore(key, now);
    if (lane.isResting(wish, now)) return;
    if (notBefore > now) return lane.rest(wish, now, notBefore);
    this.#flapping.noteWake(key, now);
    const state = { isDirty: false };
    this.#underWay.set(key, state);
    void this.#serve(key, state, wish);
  }

  /** Sends one push now, whatever waits; for a person who wants to know. */
  async pushNow(wish: Wish): Promise<PushAttempt> {
    const attempt = await this.#once.push(wish);
    if (attempt.ok) await this.#note(wish, attempt);
    return attempt;
  }

  /** A certificate was stored: whatever was wrong with the one before is over. */
  async certificateChanged(tenantId: TenantId): Promise<void> {
    this.#once.forget(tenantId);
    await this.#heal(tenantId, "certificate-changed");
  }

  /** In the transaction of a TokenUpdate. */
  async tokenTold(tenantId: TenantId, told: TokenTold, tell: (changes: number) => Promise<void>): Promise<() => void> {
    const wish: Wish = { tenantId, deviceId: told.deviceId, channel: told.channel };
    if (told.isChanged) {
      const changes = this.#flapping.noteChange(keyOf(wish), this.#kernel.clock.now());
      if (changes !== undefined) await tell(changes);
    }
    // What was wished while the token was refused is not known any more: one push too many costs nothing.
    return told.wasStopped ? () => this.wake(wish) : () => {};
  }

  lane(tenantId: TenantId): Lane {
    let lane = this.#lanes.get(tenantId);
    if (lane === undefined) {
      lane = new Lane();
      this.#lanes.set(tenantId, lane);
    }
    return lane;
  }

  /** Lets those go whose time has come: one per tenant whose pushes wait, and Macs that have rested. */
  async turn(): Promise<void> {
    const now = this.#kernel.clock.now();
    for (const lane of this.#lanes.values()) {
      for (const wish of lane.rested(now)) this.wake(wish);
      const { nextTryAt } = lane.circuit;
      if (nextTryAt === undefined) {
        if (lane.parkedCount > 0) for (const wish of lane.release()) this.wake(wish);
        continue;
      }
      if (now < nextTryAt) continue;
      const probe = lane.takeOne();
      if (probe !== undefined) this.wake(probe);
    }
  }

  /** Writes what waits; a write for each wish would cost more than the push. */
  async flush(): Promise<void> {
    for (const [tenantId, lane] of this.#lanes) {
      const changes = lane.takeChanges();
      if (changes === undefined) continue;
      await this.#kernel.store.write(systemScope(tenantId, "push"), async (tx) => {
        if (changes.wasReleased) await forgetParked(tx);
        await insertParked(tx, changes.parked);
      });
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.flush();
  }

  async #serve(key: string, state: { isDirty: boolean }, wish: Wish): Promise<void> {
    try {
      do {
        state.isDirty = false;
        await this.#place();
        try {
          if (!(await this.#serveOnce(wish))) return;
        } finally {
          this.#running -= 1;
          this.#waiting.shift()?.();
        }
        await new Promise((resolve) => setTimeout(resolve, GAP_MS).unref());
      } while (state.isDirty && !this.#isStopped);
    } catch (error) {
      this.#kernel.log.error("push.fault", { deviceId: wish.deviceId, error: String(error) });
    } finally {
      this.#underWay.delete(key);
    }
  }

  /** @returns false when there is nothing to go on with: the wish waits elsewhere, or cannot be served */
  async #serveOnce(wish: Wish): Promise<boolean> {
    const lane = this.lane(wish.tenantId);
    const now = this.#kernel.clock.now();
    if (!lane.circuit.mayTry(now)) {
      lane.park(wish);
      return false;
    }
    const attempt = await this.#once.push(wish);
    if (!attempt.ok) {
      lane.circuit.giveBack(now);
      return false;
    }
    const policy = await this.#note(wish, attempt);
    if (policy === "alarm" || policy === "retry") lane.park(wish);
    return policy === "done";
  }

  async #note(wish: Wish, { target, result }: PushAttempt & { ok: true }) {
    const { tenantId, deviceId } = wish;
    const { status } = result;
    const reason = result.reason ?? `status ${status}`;
    const { policy } = meaningOf(status, result.reason);
    const now = this.#kernel.clock.now();
    this.#journal.count(tenantId, policy, now);
    const lane = this.lane(tenantId);
    const scope = systemScope(tenantId, "push");
    if (policy === "alarm" || policy === "retry") {
      const wasClosed = lane.circuit.trouble !== policy;
      if (!lane.circuit.fail(policy, now)) return policy;
      await this.#kernel.store.write(scope, async (tx) => {
        await noteFailure(tx, { status, reason, refusal: policy === "alarm" ? reason : undefined });
        if (wasClosed) await tx.publish({ type: "push.stopped", data: { reason, status } });
      });
      return policy;
    }
    if (policy === "wait") lane.rest(wish, now);
    // Whatever Apple says of one Mac, it has taken our certificate.
    await this.#heal(tenantId, "worked-again");
    if (policy === "done") return policy;
    await this.#kernel.store.write(scope, async (tx) => {
      await noteFailure(tx, { status, reason });
      const isNews = policy !== "stop" || (await this.#enrollment.stopPushes(tx, target));
      if (isNews && policy !== "wait") await tx.publish({ type: "push.failed", deviceId, data: { reason, status } });
    });
    return policy;
  }

  async #heal(tenantId: TenantId, reason: "certificate-changed" | "worked-again"): Promise<void> {
    const lane = this.lane(tenantId);
    if (!lane.circuit.heal()) return;
    const released = lane.release();
    await this.#kernel.store.write(systemScope(tenantId, "push"), async (tx) => {
      await noteAccepted(tx);
      await tx.publish({ type: "push.resumed", data: { reason } });
    });
    for (const wish of released) this.wake(wish);
  }

  async #place(): Promise<void> {
    if (this.#running >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
  }
}
