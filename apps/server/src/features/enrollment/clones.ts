import { createHash } from "node:crypto";
import type { DeviceId } from "@pomona/facts";
import type { EnrollmentIdentifier } from "@pomona/mdm";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { quarantineDevice } from "../devices/index.ts";
import type { KnownCertificate } from "../tenants/index.ts";
import { deleteCloneEvidence, readCloneEvidence, writeCloneEvidence } from "./clone-evidence.sql.ts";
import { ADVICE, type CloneVerdict, noteClockSet, noteTokens } from "./clone-rule.ts";
import { hasIdentifier, readEnrollment } from "./enrollments.sql.ts";
import type { Enrollment } from "./model.ts";

interface Known {
  readonly enrollment: Enrollment;
  readonly deviceId: DeviceId;
}

/** Notices when two bodies use one identity, and puts the device in quarantine: once, until a person releases it. */
export class Clones {
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /**
   * The certificate came with another identifier. If that is a Mac that we know, somebody only pretends to be it, which is
   * refused and no more; otherwise it is a second body of this one.
   */
  async onOtherIdentifier(certificate: KnownCertificate, from: EnrollmentIdentifier, address: string): Promise<void> {
    const { enrollmentId, tenantId, hash } = certificate;
    if (enrollmentId === null) return;
    await this.#kernel.store.write(systemScope(tenantId, "enrollment"), async (tx) => {
      const enrollment = await readEnrollment(tx, enrollmentId);
      if (enrollment === undefined || enrollment.deviceId === null || enrollment.pin !== hash) return;
      if (await hasIdentifier(tx, from.deviceIdentifier)) return;
      await this.#hold(
        tx,
        { enrollment, deviceId: enrollment.deviceId },
        `Two Macs use this Mac's identity: it enrolled as ${enrollment.identifier}, and a Mac that says it is ` +
          `${from.deviceIdentifier} used the same certificate (from ${address}). ${ADVICE}`,
      );
    });
  }

  /** @returns whether the Mac is another one than the identity was given to */
  async onAuthenticate(
    tx: WriteTransaction,
    enrollment: Enrollment,
    claimed: { readonly serialNumber: string | undefined; readonly hash: string; readonly address: string },
  ): Promise<boolean> {
    const { serialNumber, deviceId } = enrollment;
    const isOther =
      serialNumber !== null &&
      serialNumber !== "" &&
      claimed.serialNumber !== undefined &&
      claimed.serialNumber !== "" &&
      claimed.serialNumber !== serialNumber;
    if (!isOther) return false;
    if (deviceId !== null && enrollment.pin === claimed.hash) {
      await this.#hold(
        tx,
        { enrollment, deviceId },
        `Two Macs use this Mac's identity: it enrolled with the serial number ${serialNumber}, and a Mac with the serial ` +
          `number ${claimed.serialNumber} used the same certificate (from ${claimed.address}). ${ADVICE}`,
      );
    }
    return true;
  }

  async onTokens(
    tx: WriteTransaction,
    known: Known,
    told: { readonly pushToken: Uint8Array; readonly pushMagic: string; readonly address: string },
  ): Promise<void> {
    const print = createHash("sha256").update(told.pushToken).update("\0").update(told.pushMagic).digest("hex");
    const evidence = await readCloneEvidence(tx, known.enrollment.id);
    const verdict = noteTokens(evidence, { print: print.slice(0, 24), address: told.address, at: tx.now });
    if (verdict.evidence !== evidence) await this.#judge(tx, known, verdict);
  }

  async onClockSet(known: Known, address: string): Promise<void> {
    await this.#kernel.store.write(systemScope(known.enrollment.tenantId, "enrollment"), async (tx) => {
      const evidence = await readCloneEvidence(tx, known.enrollment.id);
      await this.#judge(tx, known, noteClockSet(evidence, address, tx.now));
    });
  }

  forget(tx: WriteTransaction, enrollmentId: string): Promise<void> {
    return deleteCloneEvidence(tx, enrollmentId);
  }

  async #judge(tx: WriteTransaction, known: Known, { evidence, reason }: CloneVerdict): Promise<void> {
    if (reason === undefined) await writeCloneEvidence(tx, known.enrollment.id, evidence);
    else await this.#hold(tx, known, reason);
  }

  async #hold(tx: WriteTransaction, { enrollment, deviceId }: Known, reason: string): Promise<void> {
    await quarantineDevice(tx, deviceId, reason);
    await deleteCloneEvidence(tx, enrollment.id);
  }
}
