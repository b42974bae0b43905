import type { DeviceId } from "@pomona/facts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { KnownCertificate } from "../tenants/index.ts";
import type { Refusal } from "./enrollments.ts";

const QUIET_MS = 60_000;
const MOST_REMEMBERED = 10_000;

/** Tells the tenant that a Mac was refused and why: once a minute for one certificate and reason, however often it tries. */
export class Refusals {
  readonly #kernel: Kernel;
  readonly #told = new Map<string, number>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  async note(
    certificate: KnownCertificate,
    reason: Refusal | "expired" | "revoked" | "replay",
    more: { readonly detail?: string; readonly deviceId?: DeviceId } = {},
  ): Promise<void> {
    const now = this.#kernel.clock.now();
    const key = `${certificate.hash} ${reason}`;
    if (now - (this.#told.get(key) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    if (this.#told.size >= MOST_REMEMBERED) this.#told.clear();
    this.#told.set(key, now);
    this.#kernel.log.warn("enrollment.refused", {
      tenantId: certificate.tenantId,
      enrollmentId: certificate.enrollmentId,
      reason,
    });
    await this.#kernel.store.write(systemScope(certificate.tenantId, "enrollment"), (tx) =>
      tx.publish({
        type: "enrollment.refused",
        ...(more.deviceId === undefined ? {} : { deviceId: more.deviceId }),
        data: { reason, ...(more.detail === undefined ? {} : { detail: more.detail }) },
      }),
    );
  }
}
