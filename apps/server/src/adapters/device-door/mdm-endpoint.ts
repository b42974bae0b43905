import type { DeviceId, TenantId } from "@pomona/facts";
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
  type Refusal,
  type ReplayVerdict,
  type SignedMessage,
} from "../../features/enrollment/index.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { identify, type Proof } from "./mdm-identity.ts";
import { MdmSignatures } from "./mdm-signature.ts";
import type { MdmPorts } from "./ports.ts";
import type { QuarantineIntake } from "./quarantine-intake.ts";

export interface MdmRequest {
  readonly path: string;
  readonly contentType: string | undefined;
  /** The `Mdm-Signature` header. */
  readonly signature: string | undefined;
  readonly peerCertificate: Uint8Array | undefined;
  readonly body: Uint8Array;
  readonly address: string;
}

const BAD: MdmAnswer = { status: 400 };
/** Messages that change what we know, or fetch what is secret: the same one must not come in twice. */
const CHANGES: ReadonlySet<string> = new Set([
  "TokenUpdate",
  "CheckOut",
  "SetBootstrapToken",
  // Played back they would hand a secret to whoever recorded them.
  "GetBootstrapToken",
  "GetToken",
  "DeclarativeManagement",
]);
/** What a Mac in quarantine neither gets nor brings: it is not known which of two bodies speaks. */
const HELD_BACK: ReadonlySet<string> = new Set([
  "GetBootstrapToken",
  "SetBootstrapToken",
  "GetToken",
  "DeclarativeManagement",
]);
const WHY_OLD: Readonly<Record<ReplayVerdict, string>> = {
  fresh: "is new",
  repeat: "was sent twice",
  replay: "that was taken in before came again, more than five minutes later",
  stale: "is signed well before the newest message of this Mac",
};
const NOTHING = async (): Promise<void> => {};

/** Both MDM URLs: a check-in or a poll, told apart by the content type alone. */
export class MdmEndpoint {
  readonly #kernel: Kernel;
  readonly #ports: MdmPorts;
  readonly #quarantine: QuarantineIntake;
  readonly #signatures: MdmSignatures;

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
        const why = certificate.revokedAt === null ? "expired" : "revoked";
        await this.#ports.refusals.note(certificate, why, { address: request.address });
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
      return read.ok ? this.#checkIn(read.value, proof, request, now) : this.#unreadable(request, proof, read.reason);
    }
    const read = readReport(message);
    return read.ok ? this.#poll(read.value, proof, request, now) : this.#unreadable(request, proof, read.reason);
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

  async #checkIn(message: CheckIn, proof: Proof, request: MdmRequest, now: number): Promise<MdmAnswer> {
    const { certificate } = proof;
    // Past its end a certificate is only good for fetching the command that renews it.
    if (proof.isExpired) return this.#refuse(proof, "expired", message, request);
    if (message.messageType === "Authenticate") return this.#authenticate(message, proof, request, now);
    const resolved = await this.#ports.resolve(certificate, message.from);
    if (!resolved.ok) return this.#refuseStranger(proof, resolved.reason, message, request);
    const { enrollment, deviceId } = resolved;
    const signed = signedMessage(proof, message.from.identifier, "checkIn");
    const verdict = signed === undefined ? "fresh" : await this.#ports.memory.judge(signed, now);
    // Until a Mac is enrolled its clock may still be set: Setup Assistant does so once it has a network.
    const isOld = verdict === "replay" || (verdict === "stale" && enrollment.state === "enrolled");
    if (isOld)
      return this.#refuse(proof, "replay", message, request, {
        detail: `${message.messageType} ${WHY_OLD[verdict]}`,
        deviceId,
      });
    this.#ports.noteSeen(certificate.tenantId, deviceId, now);
    const handler = this.#ports.checkIns[message.messageType] as CheckInHandler | undefined;
    if (handler === undefined) return BAD;
    if (HELD_BACK.has(message.messageType) && (await this.#ports.isQuarantined(certificate.tenantId, deviceId)))
      return message.messageType === "GetBootstrapToken" ? EMPTY : REFUSED;
    const memory = this.#remembering(signed, verdict === "stale");
    const answer = await handler(
      { message, certificate, now, address: request.address, remember: memory.remember },
      { enrollment, deviceId },
    );
    if (answer.status === 200 && CHANGES.has(message.messageType)) await memory.rememberStill(certificate.tenantId);
    return answer;
  }

  /** Played back, or sent again because the answer got lost: once the Mac is enrolled it must not undo that. */
  async #authenticate(
    message: CheckInOf<"Authenticate">,
    proof: Proof,
    request: MdmRequest,
    now: number,
  ): Promise<MdmAnswer> {
    const { certificate } = proof;
    const signed = signedMessage(proof, message.from.identifier, "authenticate");
    const verdict = signed === undefined ? "fresh" : await this.#ports.memory.judge(signed, now);
    const known = verdict === "fresh" ? undefined : await this.#ports.resolve(certificate, message.from);
    const isEnrolled = known?.ok === true && known.enrollment.state === "enrolled";
    const deviceId = known?.ok === true ? known.deviceId : undefined;
    if (verdict === "replay" || (verdict === "stale" && isEnrolled))
      return this.#refuse(proof, "replay", message, request, { detail: `Authenticate ${WHY_OLD[verdict]}`, deviceId });
    if (verdict === "repeat" && isEnrolled) return EMPTY;
    const { remember } = this.#remembering(signed, true);
    return this.#ports.authenticate({ message, certificate, now, address: request.address, remember });
  }

  async #poll(report: Report, proof: Proof, request: MdmRequest, now: number): Promise<MdmAnswer> {
    const { certificate } = proof;
    const resolved = await this.#ports.resolve(certificate, report.from);
    if (!resolved.ok) return this.#refuseStranger(proof, resolved.reason, report, request);
    const { enrollment, deviceId } = resolved;
    if (proof.isExpired) await this.#ports.onExpiredPoll({ enrollment, deviceId });
    if (report.status === "Idle") {
      // An idle poll changes nothing: it is exempt, and costs no look at the store.
      this.#ports.noteSeen(certificate.tenantId, deviceId, now);
      return this.#ports.answer({ enrollment, deviceId, remember: NOTHING }, report);
    }
    const signed = signedMessage(proof, report.from.identifier, "report");
    const verdict = signed === undefined ? "fresh" : await this.#ports.memory.judge(signed, now);
    // The name of a command that was never answered cannot have been known when an old message was recorded: then it is the
    // Mac's clock that was put back.
    const isClockSet = verdict === "stale" && (await this.#ports.isAwaited(certificate.tenantId, deviceId, report));
    if (verdict === "replay" || (verdict === "stale" && !isClockSet))
      return this.#refuse(proof, "replay", report, request, {
        detail: `A command result ${WHY_OLD[verdict]}`,
        deviceId,
      });
    if (isClockSet) await this.#ports.onClockSet({ enrollment, deviceId }, request.address);
    this.#ports.noteSeen(certificate.tenantId, deviceId, now);
    const { remember } = this.#remembering(signed, isClockSet);
    return this.#ports.answer({ enrollment, deviceId, remember }, report);
  }

  #remembering(signed: SignedMessage | undefined, isClockSet: boolean) {
    let isRemembered = signed === undefined;
    const remember = async (tx: WriteTransaction): Promise<void> => {
      if (isRemembered || signed === undefined) return;
      isRemembered = true;
      await this.#ports.memory.remember(tx, signed, isClockSet);
    };
    /** For a handler that changed something and did not note it itself. */
    const rememberStill = (tenantId: TenantId): Promise<void> =>
      isRemembered ? Promise.resolve() : this.#kernel.store.write(systemScope(tenantId, "enrollment"), remember);
    return { remember, rememberStill };
  }

  /** Another Mac's name under this certificate may be the first word of a second body. */
  async #refuseStranger(
    proof: Proof,
    reason: Refusal,
    message: CheckIn | Report,
    request: MdmRequest,
  ): Promise<MdmAnswer> {
    if (reason === "wrong-identifier")
      await this.#ports.onOtherIdentifier(proof.certificate, message.from, request.address);
    return this.#refuse(proof, reason, message, request);
  }

  async #refuse(
    proof: Proof,
    reason: Parameters<MdmPorts["refusals"]["note"]>[1],
    message: CheckIn | Report,
    { address }: MdmRequest,
    more: { readonly detail?: string; readonly deviceId?: DeviceId | undefined } = {},
  ): Promise<MdmAnswer> {
    await this.#ports.refusals.note(proof.certificate, reason, { ...more, message, address });
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

/** undefined without a signature: what TLS vouches for cannot be played back. */
const signedMessage = (
  { certificate, signature }: Proof,
  identifier: string,
  kind: SignedMessage["kind"],
): SignedMessage | undefined =>
  signature === undefined || certificate.enrollmentId === null
    ? undefined
    : {
        tenantId: certificate.tenantId,
        enrollmentId: certificate.enrollmentId,
        identifier,
        kind,
        print: signature.print,
        signedAt: signature.signingTime,
      };
