import type { Kernel } from "../../kernel/feature.ts";
import { noticeArrivals } from "./arrivals.job.ts";
import { Association } from "./associate.ts";
import { movingInMigrations } from "./moving-in.sql.ts";
import { movingInActions } from "./moving-in-actions.ts";
import type { MovingInFeature, MovingInPorts } from "./moving-in-feature.ts";

export function createMovingIn(kernel: Kernel, ports: MovingInPorts): MovingInFeature {
  const { authority, enrollment, push, seen } = ports;
  const association = new Association({ kernel, authority, enrollment });
  const onPushCertificate = (tenantId: Parameters<typeof push.certificateChanged>[0]) => {
    push
      .certificateChanged(tenantId)
      .catch((error: unknown) => kernel.log.error("moving-in.push", { error: String(error) }));
  };
  return {
    associate: (certificate, from) => association.associate(certificate, from.deviceIdentifier),
    feature: {
      name: "moving-in",
      migrations: movingInMigrations,
      actions: movingInActions({ kernel, authority, enrollment, onPushCertificate }, association),
      jobs: [noticeArrivals(kernel, seen)],
    },
  };
}
