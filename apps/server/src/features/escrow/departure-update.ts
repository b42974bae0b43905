import { readAvailableUpdates } from "@pomona/mdm";
import type { WriteTransaction } from "../../kernel/store.ts";
import type { CommandAnswer } from "../commands/index.ts";
import { askByCommand } from "./ask.ts";
import { moveStep } from "./departure-steps.ts";
import { readDeparture } from "./departures.sql.ts";
import type { EscrowParts } from "./ports.ts";
import { whyFailed } from "./settle-set.ts";

/** What the Mac said to the two commands of the step "update". */
export async function settleUpdate(tx: WriteTransaction, parts: EscrowParts, answer: CommandAnswer): Promise<void> {
  const { deviceId, state, report, command } = answer;
  const row = await readDeparture(tx, deviceId);
  if (row?.step !== "update") return;
  const { findings } = row.steps.update;
  if (state !== "acknowledged" || report === null) {
    const failed = { isGood: false, text: whyFailed(answer) };
    await moveStep(tx, parts, row, "failed", {
      findings: [...findings, failed],
      todo: "Try again, or skip this step.",
    });
    return;
  }
  if (command.requestType === "ScheduleOSUpdate") {
    const text =
      "The Mac took the updates. It restarts by itself when they are ready; the device's page shows its version.";
    await moveStep(tx, parts, row, "done", { findings: [...findings, { isGood: true, text }] });
    return;
  }
  // Its own system's newest, not the next system: a hand-over is no moment for that.
  const offered = readAvailableUpdates(report).filter(({ isMajor, productKey }) => !isMajor && productKey !== "");
  if (offered.length === 0) {
    const text = "The Mac offers no updates of its system.";
    await moveStep(tx, parts, row, "done", { findings: [...findings, { isGood: true, text }] });
    return;
  }
  const updates = offered.slice(0, 50).map(({ productKey }) => ({ productKey, installAction: "InstallASAP" }));
  const about = { deviceId, kind: "bootstrapToken", purpose: "update" } as const;
  await askByCommand(tx, parts, about, "ScheduleOSUpdate", { updates });
  const text = `Asked for: ${offered
    .map(({ name, version }) => name || version)
    .slice(0, 5)
    .join(", ")}.`;
  await moveStep(tx, parts, row, "running", { findings: [...findings, { isGood: null, text }] });
}
