import type { Feature, Kernel } from "../../kernel/feature.ts";
import type { CheckInHandlers, EnrollmentFeature } from "../enrollment/index.ts";
import { dropBootstrapToken, getBootstrapToken, setBootstrapToken } from "./bootstrap-token.ts";
import { escrowMigrations } from "./bootstrap-tokens.sql.ts";

export function createEscrow(
  kernel: Kernel,
  ports: { readonly enrollment: Pick<EnrollmentFeature, "onReset"> },
): { readonly feature: Feature; readonly checkIns: CheckInHandlers } {
  ports.enrollment.onReset(dropBootstrapToken);
  return {
    checkIns: { SetBootstrapToken: setBootstrapToken(kernel), GetBootstrapToken: getBootstrapToken(kernel) },
    feature: { name: "escrow", migrations: escrowMigrations, actions: [] },
  };
}
