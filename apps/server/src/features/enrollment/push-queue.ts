import type { DeviceId, TenantId } from "@pomona/facts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { setMdmState } from "../devices/index.ts";
import { readEnrollmentOfDevice } from "./enrollments.sql.ts";
import type { Enrollments } from "./enrollments.ts";
import type { Enrollment } from "./model.ts";
import type { PushCredentials, PushResult, PushSender } from "./ports.ts";
import { notePush, readPushCertificate } from "./push.sql.ts";
import { PUSH_KEY_PLACE } from "./push-certificate.ts";

/** Two pushes to one Mac are at least this far apart; what comes in between becomes one. */
const GAP_MS = 250;
/** Apple keeps the last push for a Mac that sleeps for this long. */
const KEPT_FOR_S = 7 * 86_400;
const AT_ONCE = 200;

type Wish = { isDirty: boolean };

/** Answers of Apple that speak of this Mac's token, and not of our certificate. */
const TOKEN_REASONS: ReadonlySet<string> = new Set([
  "BadDeviceToken",
  "DeviceTokenNotForTopic",
  "Unregistered",
  "ExpiredToken",
]);

/**
 * Wakes Macs. Wishes for one Mac are coalesced: the first goes out at once, all that come while it is under way become one
 * more. A refused token is not tried again until the Mac sends another.
 */
export class PushQueue {
  readonly #kernel: Kernel;
  readonly #enrollments: Enrollments;
  readonly #sender: PushSender;
  readonly #wishes = new Map<string, Wish>();
  readonly #credentials = new Map<TenantId, PushCredentials>();
  readonly #pushedAt = new Map<TenantId, number>();
  readonly #failing = new Set<TenantId>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #isStopped = false;

  constructor(kernel: Kernel, enrollments: Enrollments, sender: PushSender) {
    this.#kernel = kernel;
    this.#enrollments = enrollments;
    this.#sender = sender;
  }

  /** Soon, and at most once for all wishes of a moment. Call it after the commit of what the Mac shall fetch. */
  wake(tenantId: TenantId, deviceId: DeviceId): void {
    if (this.#isStopped) return;
    const key = `${tenantId} ${deviceId}`;
    const under = this.#wishes.get(key);
    if (under !== undefined) {
      under.isDirty = true;
      return;
    }
    const wish: Wish = { isDirty: false };
    this.#wishes.set(key, wish);
    void this.#serve(key, wish, tenantId, deviceId);
  }

  /** Sends one push now and tells what Apple said; undefined when this Mac cannot be pushed. */
  async push(tenantId: TenantId, deviceId: DeviceId): Promise<PushResult | undefined> {
    const scope = systemScope(tenantId, "push");
    const enrollment = await this.#kernel.store.read(scope, (tx) => readEnrollmentOfDevice(tx, deviceId));
    if (enrollment === undefined || enrollment.isPushStopped) return undefined;
    const { pushToken, pushMagic } = enrollment;
    if (pushToken === null || pushMagic === null) return undefined;
    const credentials = await this.#credentialsOf(tenantId);
    if (credentials === undefined || credentials.topic !== enrollment.topic) return undefined;
    const expiration = Math.floor(this.#kernel.clock.now() / 1000) + KEPT_FOR_S;
    const result = await this.#sender.send({ credentials, pushToken, pushMagic, expiration });
    await this.#note(enrollment, deviceId, result);
    return result;
  }

  /** After a certificate was replaced. */
  forget(tenantId: TenantId): void {
    const old = this.#credentials.get(tenantId);
    this.#credentials.delete(tenantId);
    if (old !== undefined) this.#sender.forget(old.topic);
  }

  /** Writes when pushes last went through; a write for each would cost more than the push. */
  async flush(): Promise<void> {
    const times = [...this.#pushedAt];
    this.#pushedAt.clear();
    for (const [tenantId, lastPushAt] of times) {
      await this.#kernel.store.write(systemScope(tenantId, "push"), (tx) => notePush(tx, { lastPushAt }));
    }
  }

  /** When a push of this tenant last went through, if that is not written yet. */
  pushedAt(tenantId: TenantId): number | undefined {
    return this.#pushedAt.get(tenantId);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.flush();
  }

  async #serve(key: string, wish: Wish, tenantId: TenantId, deviceId: DeviceId): Promise<void> {
    try {
      do {
        wish.isDirty = false;
        await this.#turn();
        try {
          await this.push(tenantId, deviceId);
        } finally {
          this.#running -= 1;
          this.#waiting.shift()?.();
        }
        await new Promise((resolve) => setTimeout(resolve, GAP_MS).unref());
      } while (wish.isDirty && !this.#isStopped);
    } catch (error) {
      this.#kernel.log.error("push.fault", { deviceId, error: String(error) });
    } finally {
      this.#wishes.delete(key);
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
  }

  async #credentialsOf(tenantId: TenantId): Promise<PushCredentials | undefined> {
    const held = this.#credentials.get(tenantId);
    if (held !== undefined) return held;
    const stored = await this.#kernel.store.read(systemScope(tenantId, "push"), readPushCertificate);
    if (stored === undefined) return undefined;
    const key = this.#kernel.vault.open(tenantId, PUSH_KEY_PLACE, stored.sealedKey);
    const credentials: PushCredentials = {
      tenantId,
      topic: stored.topic,
      certificate: stored.certificate,
      key: Buffer.from(key.expose()).toString("utf8"),
    };
    this.#credentials.set(tenantId, credentials);
    return credentials;
  }

  async #note(enrollment: Enrollment, deviceId: DeviceId, result: PushResult): Promise<void> {
    const { tenantId } = enrollment;
    const { status } = result;
    if (status === 200) {
      this.#pushedAt.set(tenantId, this.#kernel.clock.now());
      if (!this.#failing.delete(tenantId)) return;
    } else this.#failing.add(tenantId);
    const reason = result.reason ?? `status ${status}`;
    const isTokenRefused = status === 410 || (status === 400 && TOKEN_REASONS.has(reason));
    await this.#kernel.store.write(systemScope(tenantId, "push"), async (tx) => {
      if (status === 200) return notePush(tx, { lastError: null, refusal: null });
      await notePush(tx, {
        lastError: `${reason} (${status})`,
        // 403 speaks of the certificate: nothing will go through until it is replaced, and someone has to be told.
        ...(status === 403 ? { refusal: reason } : {}),
      });
      if (isTokenRefused) {
        await this.#enrollments.change(tx, enrollment.id, { isPushStopped: true });
        await setMdmState(tx, deviceId, { isPushable: false });
      }
      await tx.publish({ type: "push.failed", deviceId, data: { reason, status } });
    });
  }
}
