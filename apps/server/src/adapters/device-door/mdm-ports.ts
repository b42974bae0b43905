import type { CommandsFeature } from "../../features/commands/index.ts";
import { readDevice, type SeenTimes } from "../../features/devices/index.ts";
import type { CheckInHandlers, EnrollmentFeature } from "../../features/enrollment/index.ts";
import type { MovingInFeature } from "../../features/moving-in/index.ts";
import type { RenewalFeature } from "../../features/renewal/index.ts";
import type { Authority } from "../../features/tenants/index.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { deviceScope } from "../../kernel/scope.ts";
import type { MdmPorts } from "./ports.ts";

/** Puts the features together as the device door wants them. */
export const mdmPorts = (features: {
  readonly authority: Authority;
  readonly enrollment: EnrollmentFeature;
  readonly commands: CommandsFeature;
  readonly escrow: { readonly checkIns: CheckInHandlers };
  readonly movingIn: Pick<MovingInFeature, "associate">;
  readonly seen: SeenTimes;
  readonly renewal: Pick<RenewalFeature, "onExpiredPoll">;
  readonly kernel: Kernel;
}): MdmPorts => ({
  crypto: features.authority.crypto,
  authority: features.authority,
  authenticate: features.enrollment.authenticate,
  checkIns: { ...features.enrollment.checkIns, ...features.escrow.checkIns },
  resolve: features.enrollment.resolve,
  refusals: features.enrollment.refusals,
  memory: features.enrollment.memory,
  isAwaited: features.commands.isAwaited,
  isQuarantined: async (tenantId, deviceId) =>
    ((await features.kernel.store.read(deviceScope(tenantId, deviceId), (tx) => readDevice(tx, deviceId)))
      ?.quarantine ?? null) !== null,
  onExpiredPoll: features.renewal.onExpiredPoll,
  onClockSet: (known, address) => features.enrollment.clones.onClockSet(known, address),
  onOtherIdentifier: (certificate, from, address) =>
    features.enrollment.clones.onOtherIdentifier(certificate, from, address),
  answer: features.commands.answer,
  associate: features.movingIn.associate,
  noteSeen: (tenantId, deviceId, at) => features.seen.note(tenantId, deviceId, "mdm", at),
});
