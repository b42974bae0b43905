import type { DeviceId, TenantId } from "@pomona/facts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type EnrollmentFeature, type PushTarget, readPushTarget } from "../enrollment/index.ts";
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
  readonly #enrollment: Pick<EnrollmentFeature, "stopPushes">;
  readonly #sender: PushSender;
  readonly #wishes = new Map<string, Wish>();
  readonly #credentials = new Map<TenantId, PushCredentials>();
  readonly #pushedAt = new Map<TenantId, number>();
  readonly #failing = new Set<TenantId>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #isStopped = false;

  constructor(kernel: Kernel, enrollment: Pick<EnrollmentFeature, "stopPushes">, sender: PushSender) {
    this.#kernel = kernel;
    this.#enrollment = enrollment;
    this.#sender = sender;
  }

  /** Soon, and at most once for all wishes of a moment. Call it after the commit of what the Mac shall fetch. */
  wake(tenantId: TenantId, deviceId: DeviceId, channel: string | null = null): void {
    if (this.#isStopped) return;
    const key = `${tenantId} ${deviceId} ${channel ?? ""}`;
    const under = this.#wishes.get(key);
    if (under !== undefined) {
      under.isDirty = true;
      return;
    }
    const wish: Wish = { isDirty: false };
    this.#wishes.set(key, wish);
    void this.#serve(key, wish, tenantId, deviceId, channel);
  }

  /** Sends one push now and tells what Apple said; undefined when this Mac cannot be pushed. */
  async push(tenantId: TenantId, deviceId: DeviceId, channel: string | null = null): Promise<PushResult | undefined> {
    const scope = systemScope(tenantId, "push");
    const target = await this.#kernel.store.read(scope, (tx) => readPushTarget(tx, deviceId, channel));
    if (typeof target === "string") return undefined;
    const { pushToken, pushMagic } = target;
    const credentials = await this.#credentialsOf(tenantId);
    if (credentials === undefined || credentials.topic !== target.topic) return undefined;
    const expiration = Math.floor(this.#kernel.clock.now() / 1000) + KEPT_FOR_S;
    const result = await this.#sender.send({ credentials, pushToken, pushMagic, expiration });
    await this.#note(target, result);
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

  async #serve(key: string, wish: Wish, tenantId: TenantId, deviceId: DeviceId, channel: string | null): Promise<void> {
    try {
      do {
        wish.isDirty = false;
        await this.#turn();
        try {
          await this.push(tenantId, deviceId, channel);
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

  async #note(target: PushTarget, result: PushResult): Promise<void> {
    const { tenantId, deviceId } = target;
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
      if (isTokenRefused) await this.#enrollment.stopPushes(tx, target);
      await tx.publish({ type: "push.failed", deviceId, data: { reason, status } });
    });
  }
}
