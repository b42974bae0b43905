import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { setMdmState } from "../devices/index.ts";
import type { ResetHook } from "./authenticate.ts";
import { type CheckInHandler, EMPTY, REFUSED } from "./check-in.ts";
import type { Enrollments } from "./enrollments.ts";
import type { Refusals } from "./refusals.ts";
import { deleteUserChannels } from "./user-channels.sql.ts";

/** The Mac says goodbye: no more pushes, and nothing more is accepted from it until it enrolls again. */
export const checkOut =
  (ports: {
    readonly kernel: Kernel;
    readonly enrollments: Enrollments;
    readonly refusals: Refusals;
    readonly resetHooks: readonly ResetHook[];
  }): CheckInHandler<"CheckOut"> =>
  async ({ message, certificate, address, remember }, { enrollment, deviceId }) => {
    if (message.from.channel === "user") {
      await ports.refusals.note(certificate, "user-channel", { message, address });
      return REFUSED;
    }
    await ports.kernel.store.write(systemScope(certificate.tenantId, "enrollment"), async (tx) => {
      await remember(tx);
      await ports.enrollments.change(tx, enrollment.id, {
        state: "unenrolled",
        pushToken: null,
        pushMagic: null,
        isRenewing: false,
      });
      await deleteUserChannels(tx, enrollment.id);
      await setMdmState(tx, deviceId, { isEnrolled: false, isPushable: false });
      for (const reset of ports.resetHooks) await reset(tx, deviceId);
      await tx.publish({ type: "device.unenrolled", deviceId, data: { reason: "check-out" } });
    });
    return EMPTY;
  };
