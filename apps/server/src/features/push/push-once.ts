import type { TenantId } from "@pomona/facts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type NoPushTarget, type PushTarget, readPushTarget } from "../enrollment/index.ts";
import type { PushCredentials, PushResult, PushSender } from "./ports.ts";
import { readPushCertificate } from "./push.sql.ts";
import { PUSH_KEY_PLACE } from "./push-certificate.ts";
import type { Wish } from "./wishes.ts";

/** Apple keeps the last push for a Mac that sleeps for this long. */
const KEPT_FOR_S = 7 * 86_400;

/** What came of one push: Apple's answer, or why there was nothing to send. */
export type PushAttempt =
  | { readonly ok: true; readonly target: PushTarget; readonly result: PushResult }
  | { readonly ok: false; readonly reason: NoPushTarget | "no-certificate" | "other-topic" };

/** Sends single pushes, with each tenant's opened key in memory. */
export class PushOnce {
  readonly #kernel: Kernel;
  readonly #sender: PushSender;
  readonly #credentials = new Map<TenantId, PushCredentials>();

  constructor(kernel: Kernel, sender: PushSender) {
    this.#kernel = kernel;
    this.#sender = sender;
  }

  async push({ tenantId, deviceId, channel }: Wish): Promise<PushAttempt> {
    const scope = systemScope(tenantId, "push");
    const target = await this.#kernel.store.read(scope, (tx) => readPushTarget(tx, deviceId, channel));
    if (typeof target === "string") return { ok: false, reason: target };
    const credentials = await this.#credentialsOf(tenantId);
    if (credentials === undefined) return { ok: false, reason: "no-certificate" };
    if (credentials.topic !== target.topic) return { ok: false, reason: "other-topic" };
    const now = this.#kernel.clock.now();
    // Apple would refuse it when the connection is made; there is no need to knock.
    if (credentials.notAfter <= now)
      return { ok: true, target, result: { status: 0, reason: "certificate-expired", apnsId: null } };
    const { pushToken, pushMagic } = target;
    const expiration = Math.floor(now / 1000) + KEPT_FOR_S;
    return { ok: true, target, result: await this.#sender.send({ credentials, pushToken, pushMagic, expiration }) };
  }

  /** After a certificate was replaced. */
  forget(tenantId: TenantId): void {
    const old = this.#credentials.get(tenantId);
    this.#credentials.delete(tenantId);
    if (old !== undefined) this.#sender.forget(old.topic);
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
      notAfter: stored.notAfter,
    };
    this.#credentials.set(tenantId, credentials);
    return credentials;
  }
}
