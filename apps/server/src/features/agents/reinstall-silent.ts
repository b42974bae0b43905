import { listReinstalls } from "@pomona/contract";
import type { DeviceId } from "@pomona/facts";
import { bindAction } from "../../kernel/action.ts";
import type { Job } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readDevice, readSilentAgents, type SeenTimes } from "../devices/index.ts";
import { type InstallParts, installAgent } from "./install-agent.ts";
import { readInstall } from "./installs.sql.ts";
import { putReinstall, type ReinstallRow, readReinstall, readReinstalls } from "./reinstalls.sql.ts";

/** When an agent counts as lost. */
export interface ReinstallPolicy {
  /** The agent was not heard for this long, in ms. */
  readonly silentMs: number;
  /** While the Mac itself checked in over MDM within this long: one that is in a drawer is left alone. In ms. */
  readonly aliveMs: number;
}
const DAY_MS = 86_400_000;
export const DEFAULT_REINSTALL: ReinstallPolicy = { silentMs: 7 * DAY_MS, aliveMs: 7 * DAY_MS };

/** Days after each attempt until the next; after the last of them it is given up. Never less than a day. */
const GAPS_DAYS = [1, 2, 3, 4, 5];
const MOST = 500;

export interface ReinstallParts extends InstallParts {
  readonly seen: SeenTimes;
  readonly policy: ReinstallPolicy;
}

/**
 * Brings back agents that fell silent on Macs that are alive: InstallEnterpriseApplication again, at most once a day, ever
 * more slowly, and loudly given up. That it worked is known when the agent comes, and from nothing else: "Acknowledged" only
 * says that the Mac took the command.
 */
export const reinstallSilent = (parts: ReinstallParts): Job => ({
  name: "agents/reinstall-silent",
  everyMs: 600_000,
  run: async () => {
    const { kernel, policy, seen } = parts;
    const now = kernel.clock.now();
    const since = { agentBefore: now - policy.silentMs, mdmSince: now - policy.aliveMs };
    const silent = await kernel.store.read(systemScope(PLATFORM, "agents"), (tx) => readSilentAgents(tx, since));
    let asked = 0;
    for (const { tenantId, deviceId } of silent) {
      // Heard since its row was last written.
      if ((seen.of(deviceId).agent ?? 0) >= since.agentBefore) continue;
      const scope = systemScope(tenantId, "agents");
      if (await kernel.store.write(scope, (tx) => tryAgain(parts, tx, deviceId))) asked += 1;
      if (asked >= MOST) return;
    }
  },
});

/** @returns whether the Mac was asked to install */
async function tryAgain(parts: ReinstallParts, tx: WriteTransaction, deviceId: DeviceId): Promise<boolean> {
  const row = await readReinstall(tx, deviceId);
  if (row?.state === "gaveUp" || (row !== undefined && (row.nextAt ?? 0) > tx.now)) return false;
  const attempts = row?.attempts ?? 0;
  const install = await readInstall(tx, deviceId);
  if (row !== undefined && install?.state === "requested" && install.nextAt === null && install.commandId !== null) {
    const outcome = "The Mac has not yet fetched the last installation.";
    await putReinstall(tx, { ...row, outcome, nextAt: tx.now + DAY_MS });
    return false;
  }
  if (row !== undefined && attempts >= GAPS_DAYS.length) {
    await putReinstall(tx, { ...row, state: "gaveUp", nextAt: null });
    await tx.publish({ type: "agent.reinstall-gave-up", deviceId, data: { attempts, outcome: row.outcome } });
    return false;
  }
  if (!(await installAgent(parts, tx, deviceId))) return false;
  const next: ReinstallRow = {
    deviceId,
    state: "trying",
    attempts: attempts + 1,
    outcome: "The installation is queued.",
    lastAt: tx.now,
    nextAt: tx.now + GAPS_DAYS[attempts]! * DAY_MS,
  };
  await putReinstall(tx, next);
  await tx.publish({ type: "agent.reinstall-requested", deviceId, data: { attempt: next.attempts } });
  return true;
}

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export const listReinstallsAction = bindAction(listReinstalls, {
  run: async ({ tx }, { limit = 100, cursor, state }) => {
    const rows = await readReinstalls(tx, { after: cursor, state, limit: limit + 1 });
    const items = [];
    for (const { deviceId, lastAt, nextAt, ...row } of rows.slice(0, limit)) {
      const device = await readDevice(tx, deviceId);
      items.push({
        ...row,
        deviceId,
        name: device?.name ?? "",
        lastAttemptAt: time(lastAt),
        nextAttemptAt: time(nextAt),
        agentLastSeenAt: time(device?.agentSeenAt ?? null),
      });
    }
    return { items, nextCursor: rows.length > limit ? items.at(-1)!.deviceId : null };
  },
});
