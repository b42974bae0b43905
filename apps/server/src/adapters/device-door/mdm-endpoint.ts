import {
  type CheckIn,
  type CheckInOf,
  identifierOf,
  isCheckInType,
  type Report,
  readCheckIn,
  readReport,
} from "@pomona/mdm";
import { getString, isDictionary, PlistError, type PlistValue, parsePlist } from "@pomona/plist";
import {
  type CheckInHandler,
  EMPTY,
  EXPIRED_GRACE_MS,
  type MdmAnswer,
  REFUSED,
} from "../../features/enrollment/index.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { identify, type Proof } from "./mdm-identity.ts";
import { MdmSignatures } from "./mdm-signature.ts";
import type { MdmPorts } from "./ports.ts";
import type { QuarantineIntake } from "./quarantine-intake.ts";
import { ReplayGuard } from "./replay-guard.ts";

export interface MdmRequest {
  readonly path: string;
  readonly contentType: string | undefined;
  /** The `Mdm-Signature` header. */
  readonly signature: string | undefined;
  readonly peerCertificate: Uint8Array | undefined;
  readonly body: Uint8Array;
}

const BAD: MdmAnswer = { status: 400 };

/** Both MDM URLs: a check-in or a poll, told apart by the content type alone. */
export class MdmEndpoint {
  readonly #kernel: Kernel;
  readonly #ports: MdmPorts;
  readonly #quarantine: QuarantineIntake;
  readonly #signatures: MdmSignatures;
  readonly #replays = new ReplayGuard();

  constructor(kernel: Kernel, ports: MdmPorts, quarantine: QuarantineIntake) {
    this.#kernel = kernel;
    this.#ports = ports;
    this.#quarantine = quarantine;
    this.#signatures = new MdmSignatures(ports.crypto);
  }

  async answer(request: MdmRequest): Promise<MdmAnswer> {
    const now = this.#kernel.clock.now();
    const judge = () => identify(this.#ports, this.#signatures, { ...request, now, expiredGraceMs: EXPIRED_GRACE_MS });
    let identified = await judge();
    if (!identified.ok && identified.unknown !== undefined && (await this.#associate(identified.unknown, request)))
      identified = await judge();
    if (!identified.ok) {
      const { certificate, reason, status } = identified;
      this.#kernel.log.warn("device-door.refused", { path: request.path, reason });
      if (certificate !== undefined) {
        await this.#ports.refusals.note(certificate, certificate.revokedAt === null ? "expired" : "revoked");
      }
      return { status };
    }
    const { proof } = identified;
    let message: PlistValue;
    try {
      message = parsePlist(request.body);
    } catch (error) {
      if (error instanceof PlistError) return this.#unreadable(request, proof, error.code);
      throw error;
    }
    if (isCheckInType(request.contentType)) {
      const read = readCheckIn(message);
      return read.ok ? this.#checkIn(read.value, proof, now) : this.#unreadable(request, proof, read.reason);
    }
    const read = readReport(message);
    return read.ok ? this.#poll(read.value, proof, now) : this.#unreadable(request, proof, read.reason);
  }

  /** A Mac that moved in from another server may bring its certificate, on any message but the one that begins anew. */
  async #associate(certificate: Uint8Array, { body }: MdmRequest): Promise<boolean> {
    try {
      const message = parsePlist(body);
      if (!isDictionary(message) || getString(message, "MessageType") === "Authenticate") return false;
      const from = identifierOf(message);
      return from.ok && (await this.#ports.associate(certificate, from.value));
    } catch (error) {
      if (error instanceof PlistError) return false;
      throw error;
    }
  }

  async #checkIn(message: CheckIn, proof: Proof, now: number): Promise<MdmAnswer> {
    const { certificate } = proof;
    // Past its end a certificate is only good for fetching the command that renews it.
    if (proof.isExpired) return this.#refuse(proof, "expired");
    const sender = `${certificate.enrollmentId} ${message.from.identifier}`;
    const isRepeated = proof.signature !== undefined && this.#replays.wasSeen(proof.signature.header);
    if (message.messageType === "Authenticate") this.#replays.forget(sender);
    if (this.#isReplay(sender, proof, now)) return this.#refuse(proof, "replay");
    if (message.messageType === "Authenticate") return this.#authenticate(message, proof, isRepeated);
    const resolved = await this.#ports.resolve(certificate, message.from);
    if (!resolved.ok) return this.#refuse(proof, resolved.reason);
    const { enrollment, deviceId } = resolved;
    this.#ports.noteSeen(certificate.tenantId, deviceId, now);
    const handler = this.#ports.checkIns[message.messageType] as CheckInHandler | undefined;
    if (handler === undefined) return BAD;
    return handler({ message, certificate, now }, { enrollment, deviceId });
  }

  /** Played back, or sent again because the answer got lost: once the Mac is enrolled it must not undo that. */
  async #authenticate(message: CheckInOf<"Authenticate">, { certificate }: Proof, isRepeated: boolean) {
    const known = isRepeated ? await this.#ports.resolve(certificate, message.from) : undefined;
    if (known?.ok === true && known.enrollment.state === "enrolled") return EMPTY;
    return this.#ports.authenticate(message, certificate);
  }

  async #poll(report: Report, proof: Proof, now: number): Promise<MdmAnswer> {
    const { certificate } = proof;
    const resolved = await this.#ports.resolve(certificate, report.from);
    if (!resolved.ok) return this.#refuse(proof, resolved.reason);
    const { enrollment, deviceId } = resolved;
    // An idle poll changes nothing: it is exempt, and costs no look at the store.
    if (report.status !== "Idle") {
      const sender = `${certificate.enrollmentId} ${report.from.identifier}`;
      if (this.#isReplay(sender, proof, now)) return this.#refuse(proof, "replay");
    }
    this.#ports.noteSeen(certificate.tenantId, deviceId, now);
    return this.#ports.answer({ enrollment, deviceId }, report);
  }

  #isReplay(sender: string, { signature }: Proof, now: number): boolean {
    return signature !== undefined && this.#replays.isReplay(sender, signature.header, signature.signingTime, now);
  }

  async #refuse(proof: Proof, reason: Parameters<MdmPorts["refusals"]["note"]>[1]): Promise<MdmAnswer> {
    await this.#ports.refusals.note(proof.certificate, reason);
    return REFUSED;
  }

  /** Kept with its bytes: whoever signed it is known, so it is worth a look. */
  async #unreadable(request: MdmRequest, { certificate }: Proof, reason: string): Promise<MdmAnswer> {
    await this.#quarantine.keep({
      tenantId: certificate.tenantId,
      deviceId: null,
      path: request.path,
      reason,
      bytes: request.body,
    });
    return BAD;
  }
}
