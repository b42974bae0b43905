import { asId, type CommandId, type DeviceId } from "@pomona/facts";
import { onFact } from "../../kernel/fact.ts";
import type { Job, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import { privacyProfile, serviceProfile } from "./agent-profiles.ts";
import { mintToken, TOKEN_LIFE_MS } from "./first-trust.ts";
import { deleteOldTokens, putInstall, readDueInstalls, readInstall } from "./installs.sql.ts";
import { noteReinstall } from "./note-reinstall.ts";
import type { AgentPackage, MdmCommands, SetupWork } from "./ports.ts";
import type { SettingsSender } from "./send-settings.ts";

export interface InstallParts {
  readonly kernel: Kernel;
  readonly commands: MdmCommands;
  readonly settings: SettingsSender;
  readonly agentPackage: () => AgentPackage | undefined;
  readonly setup: SetupWork;
}

/** What a Mac in Setup Assistant has to have before it goes on: the agent's profiles and the agent. */
export const INSTALL_WORK = "agents/install";

const DAY_SECONDS = 86_400;
/** How long the link to the package lives, and so the command that carries it. */
export const INSTALL_SECONDS = 7 * DAY_SECONDS;
/** A refused or expired installation is asked for again after this. */
const AGAIN_MS = 3_600_000;
/** Between tokens for an installed agent that does not come; the last one repeats. */
const BACK_OFF_MS = [TOKEN_LIFE_MS, 1_800_000, 3_600_000, 6 * 3_600_000, 24 * 3_600_000];

/**
 * Sends what the agent needs, in the order in which the Mac has to have it, and then the agent.
 * @returns false where it cannot be installed, or this server offers none
 */
export async function installAgent(parts: InstallParts, tx: WriteTransaction, deviceId: DeviceId): Promise<boolean> {
  const device = await readDevice(tx, deviceId);
  const manifest = parts.agentPackage()?.manifestFor(tx.scope.tenantId);
  // User Enrollment hides the serial number, and such a Mac takes no package either.
  if (device === undefined || device.serialNumber === null || manifest === undefined || !device.mdmEnrolled) {
    await parts.setup.finish(tx, deviceId, INSTALL_WORK);
    return false;
  }
  const sent: CommandId[] = [];
  for (const profile of [privacyProfile(), serviceProfile()]) {
    const { commandId } = await parts.commands.enqueue(tx, deviceId, {
      requestType: "InstallProfile",
      profile,
      isUrgent: false,
      expiresInSeconds: INSTALL_SECONDS,
    });
    sent.push(asId<"command">(commandId));
  }
  await parts.settings.send(tx, deviceId, { isUrgent: false });
  const { commandId } = await parts.commands.enqueue(tx, deviceId, {
    requestType: "InstallEnterpriseApplication",
    manifest,
    expiresInSeconds: INSTALL_SECONDS,
  });
  await putInstall(tx, { deviceId, state: "requested", commandId, minted: 0, nextAt: null });
  await parts.setup.follow(tx, deviceId, INSTALL_WORK, [...sent, asId<"command">(commandId)]);
  return true;
}

export const onDeviceEnrolled = (parts: InstallParts) =>
  onFact<"device.enrolled">({
    name: "agents/on-device-enrolled",
    types: ["device.enrolled"],
    handle: async (tx, fact) => {
      if (fact.deviceId !== null) await installAgent(parts, tx, fact.deviceId);
    },
  });

/** The Mac said yes to the installation: only now is a token minted, because it lives ten minutes. */
export const onInstallAnswered = (parts: InstallParts) =>
  onFact<"command.answered">({
    name: "agents/on-install-answered",
    types: ["command.answered"],
    concerns: ({ data }) => data.requestType === "InstallEnterpriseApplication",
    handle: async (tx, { deviceId, data }) => {
      if (deviceId === null) return;
      const install = await readInstall(tx, deviceId);
      if (install?.commandId !== data.commandId) return;
      if (data.state === "acknowledged") {
        await noteReinstall(tx, deviceId, "The Mac took the installation; its agent has not come yet.");
        await putInstall(tx, { ...install, state: "installed", minted: 1, nextAt: tx.now + BACK_OFF_MS[0]! });
        await sendToken(parts, tx, deviceId);
      } else if (["error", "formatError", "expired", "cancelled"].includes(data.state)) {
        const outcome = `The installation ended as ${data.state}${data.reason === undefined ? "" : `: ${data.reason}`}`;
        // A repeated installation has its own, slower times.
        const isRepeated = await noteReinstall(tx, deviceId, outcome);
        await putInstall(tx, { ...install, commandId: null, nextAt: isRepeated ? null : tx.now + AGAIN_MS });
      }
    },
  });

async function sendToken({ settings }: InstallParts, tx: WriteTransaction, deviceId: DeviceId): Promise<void> {
  const token = await mintToken(tx, deviceId);
  if (token !== undefined) await settings.send(tx, deviceId, { isUrgent: true, token });
}

/** Mints again, ever more slowly, as long as an installed agent has not come; asks again for what did not install. */
export const mintAgain = (parts: InstallParts): Job => ({
  name: "agents/mint-again",
  everyMs: 10_000,
  run: async () => {
    const { kernel } = parts;
    const due = await kernel.store.read(systemScope(PLATFORM, "agents"), (tx) => readDueInstalls(tx, 200));
    for (const row of due) {
      const deviceId = asId<"device">(row.device_id);
      await kernel.store.write(systemScope(asId<"tenant">(row.tenant_id), "agents"), async (tx) => {
        const [install, device] = [await readInstall(tx, deviceId), await readDevice(tx, deviceId)];
        if (install === undefined || install.nextAt === null) return;
        if (device === undefined || !device.mdmEnrolled) return putInstall(tx, { ...install, nextAt: null });
        if (install.state === "requested") {
          await installAgent(parts, tx, deviceId);
          return;
        }
        const wait = BACK_OFF_MS[Math.min(install.minted, BACK_OFF_MS.length - 1)]!;
        await putInstall(tx, { ...install, minted: install.minted + 1, nextAt: tx.now + wait });
        if (device.quarantine === null) await sendToken(parts, tx, deviceId);
      });
    }
    const dayAgo = kernel.clock.now() - DAY_SECONDS * 1000;
    await kernel.store.write(systemScope(PLATFORM, "agents"), (tx) => deleteOldTokens(tx, dayAgo));
  },
});
