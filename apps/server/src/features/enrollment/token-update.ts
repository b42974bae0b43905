import type { DeviceId } from "@pomona/facts";
import type { TokenUpdate } from "@pomona/mdm";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readDevice, setMdmState } from "../devices/index.ts";
import type { Authority, KnownCertificate } from "../tenants/index.ts";
import type { AwaitingHook } from "./authenticate.ts";
import { type CheckInHandler, EMPTY, type MdmAnswer, REFUSED } from "./check-in.ts";
import { type EnrollmentChange, readEnrollment } from "./enrollments.sql.ts";
import { type Enrollments, judge, type Refusal } from "./enrollments.ts";
import type { Enrollment } from "./model.ts";
import type { Refusals } from "./refusals.ts";
import { putUserChannel } from "./user-channels.sql.ts";

interface TokenUpdatePorts {
  readonly kernel: Kernel;
  readonly authority: Authority;
  readonly enrollments: Enrollments;
  readonly refusals: Refusals;
  readonly awaitingHooks: readonly AwaitingHook[];
}

/**
 * How the Mac, or one of its users, can be woken. The first one after Authenticate makes the Mac enrolled; the first one
 * signed with a new certificate ends the life of those before it.
 */
export const tokenUpdate =
  (ports: TokenUpdatePorts): CheckInHandler<"TokenUpdate"> =>
  async ({ message, certificate }): Promise<MdmAnswer> => {
    const { kernel, refusals } = ports;
    const refused = await kernel.store.write(systemScope(certificate.tenantId, "enrollment"), (tx) =>
      store(tx, ports, message, certificate),
    );
    if (refused === undefined) return EMPTY;
    await refusals.note(certificate, refused);
    return REFUSED;
  };

async function store(
  tx: WriteTransaction,
  ports: TokenUpdatePorts,
  message: TokenUpdate,
  certificate: KnownCertificate,
): Promise<Refusal | undefined> {
  // Judged again on the row itself: what the door saw may be one Authenticate old.
  const stored = await readEnrollment(tx, certificate.enrollmentId!);
  const verdict = judge(stored, certificate.hash, message.from);
  if (!verdict.ok) return verdict.reason;
  const { enrollment } = verdict;
  if (message.topic !== enrollment.topic) return "wrong-topic";
  const { pushToken, pushMagic } = message;
  if (message.from.channel === "user") {
    if (enrollment.state !== "enrolled") return "not-enrolled";
    const isNew = await putUserChannel(tx, {
      identifier: message.from.identifier,
      enrollmentId: enrollment.id,
      shortName: message.userShortName ?? null,
      longName: message.userLongName ?? null,
      pushToken,
      pushMagic,
    });
    if (isNew) {
      const data = { fields: ["userChannels"] };
      await tx.publish({ type: "device.changed", deviceId: verdict.deviceId, data });
    }
    return undefined;
  }
  const isNewest = enrollment.pin === certificate.hash;
  const tally = enrollment.tally + 1;
  const change: EnrollmentChange = {
    state: "enrolled",
    tally,
    pushToken,
    pushMagic,
    isPushStopped: false,
    ...(message.awaitingConfiguration === undefined ? {} : { isAwaitingConfiguration: message.awaitingConfiguration }),
    ...(message.unlockToken === undefined || message.unlockToken.length === 0
      ? {}
      : { sealedUnlockToken: sealUnlockToken(ports.kernel, enrollment, message.unlockToken) }),
    ...(isNewest && enrollment.previousPin !== null ? { previousPin: null, isRenewing: false } : {}),
  };
  await ports.enrollments.change(tx, enrollment.id, change);
  if (isNewest) {
    await ports.authority.revoke(tx, { enrollmentId: enrollment.id }, { role: "mdm", except: certificate.hash });
  }
  if (tally === 1) await tellEnrolled(tx, enrollment, verdict.deviceId);
  await setMdmState(tx, verdict.deviceId, {
    isEnrolled: true,
    isPushable: true,
    ...(tally === 1 ? { enrolledAt: tx.now } : {}),
  });
  if (message.awaitingConfiguration !== undefined) {
    const mac = { deviceId: verdict.deviceId, isAwaiting: message.awaitingConfiguration, isNew: tally === 1 };
    for (const hook of ports.awaitingHooks) await hook(tx, mac);
  }
  return undefined;
}

async function tellEnrolled(tx: WriteTransaction, enrollment: Enrollment, deviceId: DeviceId): Promise<void> {
  const device = await readDevice(tx, deviceId);
  await tx.publish({
    type: "device.enrolled",
    deviceId,
    data: {
      serialNumber: enrollment.serialNumber,
      name: device?.name ?? "",
      again: device !== undefined && device.mdmEnrolledAt !== null,
    },
  });
}

function sealUnlockToken(kernel: Kernel, enrollment: Enrollment, token: Uint8Array): string {
  const place = { table: "enrollments", row: enrollment.id, field: "sealed_unlock_token" };
  return JSON.stringify(kernel.vault.seal(enrollment.tenantId, place, token));
}
