import type { DeviceId, TenantId } from "@pomona/facts";
import type { EnrollmentIdentifier } from "@pomona/mdm";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import type { KnownCertificate } from "../tenants/index.ts";
import { type EnrollmentChange, readEnrollment, readEnrollmentOfDevice, updateEnrollment } from "./enrollments.sql.ts";
import type { Enrollment } from "./model.ts";

/** Why a message was refused; the words are for the operator. The Mac gets a bare 403: never 401, never an Apple code. */
export type Refusal =
  | "not-enrolled"
  | "wrong-identifier"
  | "superseded-certificate"
  | "user-channel"
  | "wrong-topic"
  | "wrong-serial-number"
  | "known-device";

export type Resolution =
  | { readonly ok: true; readonly enrollment: Enrollment; readonly deviceId: DeviceId }
  | { readonly ok: false; readonly reason: Refusal };

/**
 * Enrollments, with those of live Macs in memory: an idle poll is judged without a look at the store. Every change goes
 * through here and drops what memory held, after the commit.
 */
export class Enrollments {
  readonly #kernel: Kernel;
  readonly #rows = new Map<string, Enrollment>();
  /** Counts changes: a row that was read before one and arrives after it must not be kept. */
  #changes = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  async find(tenantId: TenantId, id: string): Promise<Enrollment | undefined> {
    const held = this.#rows.get(id);
    if (held !== undefined) return held.tenantId === tenantId ? held : undefined;
    const before = this.#changes;
    const row = await this.#kernel.store.read(systemScope(tenantId, "enrollment"), (tx) => readEnrollment(tx, id));
    if (row !== undefined && before === this.#changes) this.#rows.set(id, row);
    return row;
  }

  /** Whose message this is: certificate and claimed identifier must belong to one live enrollment. */
  async resolve(certificate: KnownCertificate, from: EnrollmentIdentifier): Promise<Resolution> {
    const enrollment =
      certificate.enrollmentId === null ? undefined : await this.find(certificate.tenantId, certificate.enrollmentId);
    return judge(enrollment, certificate.hash, from);
  }

  async change(tx: WriteTransaction, id: string, change: EnrollmentChange): Promise<void> {
    await updateEnrollment(tx, id, change);
    tx.afterCommit(() => this.forget(id));
  }

  async noteConfigured(tx: WriteTransaction, deviceId: DeviceId): Promise<void> {
    const enrollment = await readEnrollmentOfDevice(tx, deviceId);
    if (enrollment?.isAwaitingConfiguration === true)
      await this.change(tx, enrollment.id, { isAwaitingConfiguration: false });
  }

  forget(id: string): void {
    this.#changes += 1;
    this.#rows.delete(id);
  }
}

/** The rule of pinning: one identifier and one certificate per enrollment, those before it only until it is proved. */
export function judge(enrollment: Enrollment | undefined, hash: string, from: EnrollmentIdentifier): Resolution {
  if (enrollment === undefined || enrollment.identifier === null || enrollment.deviceId === null)
    return { ok: false, reason: "not-enrolled" };
  if (enrollment.identifier !== from.deviceIdentifier) return { ok: false, reason: "wrong-identifier" };
  if (enrollment.pin !== hash && !enrollment.previousPins.includes(hash))
    return { ok: false, reason: "superseded-certificate" };
  if (enrollment.state !== "authenticated" && enrollment.state !== "enrolled")
    return { ok: false, reason: "not-enrolled" };
  return { ok: true, enrollment, deviceId: enrollment.deviceId };
}
