import type { DeviceId } from "@pomona/facts";
import type { Authenticate } from "@pomona/mdm";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { setMdmState, upsertDeviceAtEnrollment } from "../devices/index.ts";
import type { KnownCertificate } from "../tenants/index.ts";
import { type CheckInRequest, EMPTY, type MdmAnswer, REFUSED } from "./check-in.ts";
import type { Clones } from "./clones.ts";
import { readEnrollment, readRivals } from "./enrollments.sql.ts";
import type { Enrollments, Refusal } from "./enrollments.ts";
import type { Enrollment } from "./model.ts";
import type { Refusals } from "./refusals.ts";
import { deleteUserChannels } from "./user-channels.sql.ts";

/** Clears what another feature holds for a device, in the transaction of its new enrollment. */
export type ResetHook = (tx: WriteTransaction, deviceId: DeviceId) => Promise<void>;

/** Told what a TokenUpdate says of Setup Assistant, in its transaction. */
export type AwaitingHook = (
  tx: WriteTransaction,
  mac: {
    readonly deviceId: DeviceId;
    /** The Mac waits in Setup Assistant for `DeviceConfigured`. */
    readonly isAwaiting: boolean;
    /** This TokenUpdate makes the Mac enrolled: `device.enrolled` follows. */
    readonly isNew: boolean;
  },
) => Promise<void>;

/**
 * What a feature above does, in the same transaction, when a Mac comes with a further identity: at its Authenticate, and at
 * the first TokenUpdate signed with it, after which those before it are revoked.
 */
export type IdentityHook = (
  tx: WriteTransaction,
  enrollment: Enrollment,
  certificate: KnownCertificate,
  stage: "checkedIn" | "done",
) => Promise<void>;

interface AuthenticatePorts {
  readonly kernel: Kernel;
  readonly enrollments: Enrollments;
  readonly refusals: Refusals;
  readonly clones: Clones;
  readonly identityHooks: readonly IdentityHook[];
  readonly resetHooks: readonly ResetHook[];
}

/**
 * The first message of an enrollment, and of a renewal. The certificate decides which enrollment is meant; the Mac's claims
 * must fit it. A new enrollment clears queue, tokens and channels; a renewal only changes the pin.
 */
export async function authenticate(
  ports: AuthenticatePorts,
  request: CheckInRequest<Authenticate>,
): Promise<MdmAnswer> {
  const { kernel, enrollments, refusals, clones } = ports;
  const { message, certificate, address } = request;
  const scope = systemScope(certificate.tenantId, "enrollment");
  const refused = await kernel.store.write(scope, async (tx): Promise<Refusal | undefined> => {
    const enrollment =
      certificate.enrollmentId === null ? undefined : await readEnrollment(tx, certificate.enrollmentId);
    if (enrollment === undefined) return "not-enrolled";
    const reason = objection(enrollment, message);
    if (reason !== undefined && reason !== "wrong-serial-number") return reason;
    const claimed = { serialNumber: message.serialNumber, hash: certificate.hash, address };
    if ((await clones.onAuthenticate(tx, enrollment, claimed)) || reason !== undefined) return "wrong-serial-number";
    await request.remember(tx);
    if (isRenewal(enrollment, certificate)) {
      const pins = { pin: certificate.hash, pinExpiresAt: certificate.notAfter, previousPins: replaced(enrollment) };
      await enrollments.change(tx, enrollment.id, pins);
      for (const hook of ports.identityHooks) await hook(tx, enrollment, certificate, "checkedIn");
      return undefined;
    }
    await clones.forget(tx, enrollment.id);
    return beginAnew(tx, ports, enrollment, request);
  });
  if (refused === undefined) return EMPTY;
  await refusals.note(certificate, refused, { message, address });
  return REFUSED;
}

function objection(enrollment: Enrollment, message: Authenticate): Refusal | undefined {
  if (message.from.channel === "user") return "user-channel";
  if (message.topic !== enrollment.topic) return "wrong-topic";
  if (enrollment.identifier !== null && enrollment.identifier !== message.from.identifier) return "wrong-identifier";
  if (enrollment.boundSerialNumber !== null && enrollment.boundSerialNumber !== serialNumberOf(message))
    return "wrong-serial-number";
  return undefined;
}

/** Apple keeps hardware identifiers back in User Enrollment; one that is claimed all the same is not believed. */
const serialNumberOf = ({ from, serialNumber }: Authenticate): string | null =>
  from.kind === "enrollmentId" ? null : (serialNumber ?? null);

/** A further certificate of the same enrollment, which we granted for that purpose, from a Mac that is enrolled. */
const isRenewal = (enrollment: Enrollment, certificate: KnownCertificate): boolean =>
  enrollment.isRenewing && enrollment.state === "enrolled" && enrollment.pin !== certificate.hash;

/** Renewals that broke off in a row, each with an identity that may be the one in use. */
const MOST_PREVIOUS = 4;

/** What counts beside a new certificate: the first of them brought the last TokenUpdate, and goes last. */
function replaced({ pin, previousPins }: Enrollment): readonly string[] {
  const [proved, ...others] = [...previousPins, ...(pin === null ? [] : [pin])];
  return proved === undefined ? [] : [proved, ...others.slice(1 - MOST_PREVIOUS)];
}

async function beginAnew(
  tx: WriteTransaction,
  { enrollments, resetHooks }: AuthenticatePorts,
  enrollment: Enrollment,
  { message, certificate }: CheckInRequest<Authenticate>,
): Promise<Refusal | undefined> {
  const isUserEnrollment = message.from.kind === "enrollmentId";
  const serialNumber = serialNumberOf(message);
  const { identifier } = message.from;
  const rivals = await readRivals(tx, { id: enrollment.id, identifier, serialNumber });
  // Serial number and UDID are claims. Only an invitation that names the serial number may take over a live enrollment;
  // otherwise anybody with a link could take another Mac's place, its queue and its tokens.
  const isBound = enrollment.boundSerialNumber !== null;
  if (rivals.some((rival) => rival.state === "enrolled") && !isBound) return "known-device";
  for (const rival of rivals) {
    await enrollments.change(tx, rival.id, { state: "unenrolled", pushToken: null, pushMagic: null });
    await deleteUserChannels(tx, rival.id);
    if (rival.state === "enrolled" && rival.deviceId !== null) {
      await tx.publish({ type: "device.unenrolled", deviceId: rival.deviceId, data: { reason: "replaced" } });
    }
  }
  const known = enrollment.deviceId ?? rivals.find((rival) => rival.deviceId !== null)?.deviceId;
  const { deviceId } = await upsertDeviceAtEnrollment(tx, {
    serialNumber,
    udid: isUserEnrollment ? null : identifier,
    name: message.deviceName ?? "",
    model: message.modelName ?? message.model ?? message.productName ?? "",
    osVersion: message.osVersion ?? "",
    ...(known === undefined || known === null ? {} : { deviceId: known }),
  });
  await enrollments.change(tx, enrollment.id, {
    state: "authenticated",
    identifier,
    serialNumber,
    deviceId,
    pin: certificate.hash,
    pinExpiresAt: certificate.notAfter,
    previousPins: [],
    isRenewing: false,
    tally: 0,
    pushToken: null,
    pushMagic: null,
    isPushStopped: false,
    isAwaitingConfiguration: false,
    isUserEnrollment,
    sealedUnlockToken: null,
  });
  await deleteUserChannels(tx, enrollment.id);
  await setMdmState(tx, deviceId, { isEnrolled: false, isPushable: false, isUserEnrollment });
  for (const reset of resetHooks) await reset(tx, deviceId);
  return undefined;
}
