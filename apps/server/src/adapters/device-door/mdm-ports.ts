import type { CommandsFeature } from "../../features/commands/index.ts";
import type { SeenTimes } from "../../features/devices/index.ts";
import type { CheckInHandlers, EnrollmentFeature } from "../../features/enrollment/index.ts";
import type { MovingInFeature } from "../../features/moving-in/index.ts";
import type { Authority } from "../../features/tenants/index.ts";
import type { MdmPorts } from "./ports.ts";

/** Puts the features together as the device door wants them. */
export const mdmPorts = (features: {
  readonly authority: Authority;
  readonly enrollment: EnrollmentFeature;
  readonly commands: CommandsFeature;
  readonly escrow: { readonly checkIns: CheckInHandlers };
  readonly movingIn: Pick<MovingInFeature, "associate">;
  readonly seen: SeenTimes;
}): MdmPorts => ({
  crypto: features.authority.crypto,
  authority: features.authority,
  authenticate: features.enrollment.authenticate,
  checkIns: { ...features.enrollment.checkIns, ...features.escrow.checkIns },
  resolve: features.enrollment.resolve,
  refusals: features.enrollment.refusals,
  answer: features.commands.answer,
  associate: features.movingIn.associate,
  noteSeen: (tenantId, deviceId, at) => features.seen.note(tenantId, deviceId, "mdm", at),
});
