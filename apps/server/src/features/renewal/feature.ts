import type { Kernel } from "../../kernel/feature.ts";
import { renewalActions } from "./renewal-actions.ts";
import type { RenewalFeature } from "./renewal-feature.ts";
import { deleteRenewal, renewalMigrations } from "./renewals.sql.ts";
import { type RenewalPorts, Renewer } from "./renewer.ts";

export function createRenewal(kernel: Kernel, ports: RenewalPorts): RenewalFeature {
  const renewer = new Renewer(kernel, ports);
  ports.enrollment.onReset(deleteRenewal);
  ports.enrollment.onIdentity((tx, enrollment, _certificate, stage) => renewer.onIdentity(tx, enrollment, stage));
  ports.commands.onAnswer(["InstallProfile"], async (tx, { deviceId, enrollment, command, state }) => {
    // It left, or enrolled anew: its queue is being cleared, and this row with it.
    if (enrollment === null) return;
    const error = state === "acknowledged" ? null : (command.error ?? state);
    await renewer.onAnswer(tx, { deviceId, commandId: command.id, error });
  });
  return {
    onExpiredPoll: ({ enrollment, deviceId }) => renewer.onExpiredPoll(enrollment, deviceId),
    feature: {
      name: "renewal",
      migrations: renewalMigrations,
      actions: renewalActions(kernel, renewer),
      jobs: [{ name: "renewal/sweep", everyMs: 300_000, run: () => renewer.sweep() }],
    },
  };
}
