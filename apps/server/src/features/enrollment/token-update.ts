import type { DeviceId } from "@pomona/facts";
import type { TokenUpdate } from "@pomona/mdm";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readDevice, setMdmState } from "../devices/index.ts";
import type { Authority } from "../tenants/index.ts";
import type { AwaitingHook, IdentityHook } from "./authenticate.ts";
import { type CheckInHandler, type CheckInRequest, EMPTY, type MdmAnswer, REFUSED } from "./check-in.ts";
import type { Clones } from "./clones.ts";
import { type EnrollmentChange, readEnrollment } from "./enrollments.sql.ts";
import { type Enrollments, judge, type Refusal } from "./enrollments.ts";
import type { Enrollment } from "./model.ts";
import { readUserToken } from "./push-targets.sql.ts";
import type { Refusals } from "./refusals.ts";
import { type TokenHook, type TokenTold, tokenTold } from "./token-hooks.ts";
import { putUserChannel } from "./user-channels.sql.ts";

interface TokenUpdatePorts {
  readonly kernel: Kernel;
  readonly authority: Authority;
  readonly enrollments: Enrollments;
  readonly refusals: Refusals;
  readonly awaitingHooks: readonly AwaitingHook[];
  readonly tokenHooks: readonly TokenHook[];
  readonly clones: Clones;
  readonly identityHooks: readonly IdentityHook[];
}

/**
 * How the Mac, or one of its users, can be woken. The first one after Authenticate makes the Mac enrolled; the first one
 * signed with a new certificate ends the life of those before it.
 */
export const tokenUpdate =
  (ports: TokenUpdatePorts): CheckInHandler<"TokenUpdate"> =>
  async (request): Promise<MdmAnswer> => {
    const { kernel, refusals } = ports;
    const { certificate, message, address } = request;
    const refused = await kernel.store.write(systemScope(certificate.tenantId, "enrollment"), (tx) =>
      store(tx, ports, request),
    );
    if (refused === undefined) return EMPTY;
    await refusals.note(certificate, refused, { message, address });
    return REFUSED;
  };

async function store(
  tx: WriteTransaction,
  ports: TokenUpdatePorts,
  { message, certificate, address, remember }: CheckInRequest<TokenUpdate>,
): Promise<Refusal | undefined> {
  // Judged again on the row itself: what the door saw may be one Authenticate old.
  const stored = await readEnrollment(tx, certificate.enrollmentId!);
  const verdict = judge(stored, certificate.hash, message.from);
  if (!verdict.ok) return verdict.reason;
  const { enrollment } = verdict;
  if (message.topic !== enrollment.topic) return "wrong-topic";
  await remember(tx);
  const { pushToken, pushMagic } = message;
  if (message.from.channel === "user") {
    if (enrollment.state !== "enrolled") return "not-enrolled";
    const channel = message.from.identifier;
    const held = await readUserToken(tx, channel);
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
    await tell(tx, ports, tokenTold({ deviceId: verdict.deviceId, channel }, held, pushToken));
    return undefined;
  }
  await ports.clones.onTokens(tx, verdict, { pushToken, pushMagic, address });
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
    ...(isNewest && enrollment.previousPins.length > 0 ? { previousPins: [], isRenewing: false } : {}),
  };
  await ports.enrollments.change(tx, enrollment.id, change);
  if (isNewest) {
    const isRenewed = enrollment.previousPins.length > 0;
    const others = { role: "mdm", except: certificate.hash, reason: "superseded" } as const;
    await ports.authority.revoke(tx, { enrollmentId: enrollment.id }, others);
    if (isRenewed) {
      for (const hook of ports.identityHooks) await hook(tx, enrollment, certificate, "done");
      const data = { expiresAt: certificate.notAfter };
      await tx.publish({ type: "identity.renewed", deviceId: verdict.deviceId, data });
    }
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
  await tell(tx, ports, tokenTold({ deviceId: verdict.deviceId, channel: null }, enrollment, pushToken));
  return undefined;
}

async function tell(tx: WriteTransaction, { tokenHooks }: TokenUpdatePorts, told: TokenTold): Promise<void> {
  for (const hook of tokenHooks) await hook(tx, told);
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
