import { agentRoutes } from "../adapters/agent-http/agent-routes.ts";
import type { ApnsSender } from "../adapters/apns/apns-sender.ts";
import type { MdmPorts } from "../adapters/device-door/ports.ts";
import { createAccess } from "../features/access/feature.ts";
import { createAgents } from "../features/agents/feature.ts";
import type { CommandQueue as AgentCommands, AgentPackage } from "../features/agents/index.ts";
import { createAudit } from "../features/audit/feature.ts";
import { createCommands } from "../features/commands/feature.ts";
import type { CommandQueue } from "../features/commands/index.ts";
import { createDevices } from "../features/devices/feature.ts";
import { createEnrollment } from "../features/enrollment/feature.ts";
import { createEscrow } from "../features/escrow/feature.ts";
import { createTenants } from "../features/tenants/feature.ts";
import { Authority } from "../features/tenants/index.ts";
import type { Feature, HttpRoute, Kernel } from "../kernel/feature.ts";

/** Where the doors are reached from outside; filled once they listen. */
export interface Addresses {
  api: string;
  device: string;
  agent: string;
  /** PEM of the root that clients of the doors trust. */
  root: string;
}

/** Makes every feature and hands each what it needs of those below it. */
export function createFeatures(kernel: Kernel, addresses: Addresses, pushSender: ApnsSender) {
  const authority = new Authority(kernel);
  const access = createAccess(kernel, () => addresses.api);
  const devices = createDevices(kernel);
  const enrollment = createEnrollment(kernel, { authority, pushSender, urls: () => addresses });
  const commands = createCommands(kernel, { enrollment });
  const escrow = createEscrow(kernel, { enrollment });
  let agentPackage: AgentPackage | undefined;
  const agents = createAgents(kernel, {
    authority,
    seen: devices.seen,
    commands: commandsFor(commands.queue),
    addresses: () => ({ deviceUrl: addresses.device, brokerUrl: addresses.agent, roots: addresses.root }),
    agentPackage: () => agentPackage,
  });
  const mdm: MdmPorts = {
    crypto: authority.crypto,
    authority,
    resolve: enrollment.resolve,
    authenticate: enrollment.authenticate,
    checkIns: { ...enrollment.checkIns, ...escrow.checkIns },
    answer: commands.answer,
    refusals: enrollment.refusals,
    noteSeen: (tenantId, deviceId, at) => devices.seen.note(tenantId, deviceId, "mdm", at),
  };
  const features: readonly Feature[] = [
    createTenants(),
    createAudit(),
    access.feature,
    devices.feature,
    enrollment.feature,
    commands.feature,
    agents.feature,
    escrow.feature,
  ];
  const routes: readonly HttpRoute[] = [
    ...features.flatMap((feature) => feature.routes ?? []),
    ...agentRoutes(agents, kernel.log),
  ];
  return { authority, access, agents, mdm, features, routes };
}
export type Features = ReturnType<typeof createFeatures>;

const MS = 1000;

/** What the agents ask of the MDM queue, in that queue's own words. */
const commandsFor = (queue: CommandQueue): AgentCommands => ({
  enqueue: async (tx, deviceId, command) => {
    const order =
      command.requestType === "InstallProfile"
        ? {
            input: { profile: Buffer.from(command.profile).toString("base64") },
            lane: command.isUrgent ? ("urgent" as const) : ("normal" as const),
          }
        : { input: { manifestUrl: command.manifestUrl } };
    const { requestType } = command;
    const { id } = await queue.enqueue(tx, {
      deviceId,
      requestType,
      ttlMs: command.expiresInSeconds * MS,
      actor: "agents",
      ...order,
    });
    return { commandId: id };
  },
});
