import type { RefusalReason } from "@pomona/contract";
import type { DeviceId } from "@pomona/facts";
import type { Authenticate, EnrollmentIdentifier } from "@pomona/mdm";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { KnownCertificate } from "../tenants/index.ts";
import { readDeviceIdOf } from "./enrollments.sql.ts";
import { putRefusal } from "./refusals.sql.ts";

const QUIET_MS = 60_000;
const MOST_REMEMBERED = 10_000;
/** Of what a message says of itself; serial numbers and identifiers are far shorter. */
const LONGEST_CLAIM = 200;

/** What is known of a refused message beside its certificate. */
export interface RefusedDetails {
  readonly detail?: string | undefined;
  readonly deviceId?: DeviceId | undefined;
  /** As far as it was read. */
  readonly message?: { readonly from: EnrollmentIdentifier } & Partial<Pick<Authenticate, "serialNumber">>;
  readonly address: string;
}

/**
 * Tells the tenant that a Mac was refused and why, and keeps it for people to see: once a minute for one certificate and
 * reason, however often it tries.
 */
export class Refusals {
  readonly #kernel: Kernel;
  /** When each was last told, and how many came since. */
  readonly #told = new Map<string, { readonly at: number; untold: number }>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  async note(certificate: KnownCertificate, reason: RefusalReason, more: RefusedDetails): Promise<void> {
    const now = this.#kernel.clock.now();
    const key = `${certificate.hash} ${reason}`;
    const told = this.#told.get(key);
    if (told !== undefined && now - told.at < QUIET_MS) {
      told.untold += 1;
      return;
    }
    if (this.#told.size >= MOST_REMEMBERED) this.#told.clear();
    this.#told.set(key, { at: now, untold: 0 });
    const { tenantId, enrollmentId } = certificate;
    this.#kernel.log.warn("enrollment.refused", { tenantId, enrollmentId, reason });
    const { detail, deviceId, message, address } = more;
    await this.#kernel.store.write(systemScope(tenantId, "enrollment"), async (tx) => {
      const owner = deviceId ?? (enrollmentId === null ? null : await readDeviceIdOf(tx, enrollmentId));
      await putRefusal(
        tx,
        {
          certificate: certificate.hash,
          reason,
          detail: detail ?? null,
          deviceId: owner,
          serialNumber: message?.serialNumber?.slice(0, LONGEST_CLAIM) ?? null,
          identifier: message?.from.identifier.slice(0, LONGEST_CLAIM) ?? null,
          address,
        },
        1 + (told?.untold ?? 0),
      );
      await tx.publish({
        type: "enrollment.refused",
        ...(deviceId === undefined ? {} : { deviceId }),
        data: { reason, ...(detail === undefined ? {} : { detail }) },
      });
    });
  }
}
