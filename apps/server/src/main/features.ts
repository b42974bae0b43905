import path from "node:path";
import { agentRoutes } from "../adapters/agent-http/agent-routes.ts";
import type { ApnsSender } from "../adapters/apns/apns-sender.ts";
import { vendorSigner } from "../adapters/apns/vendor-signer.ts";
import { tarGz } from "../adapters/archive/tar-gz.ts";
import { DiskBlobs } from "../adapters/blobs/disk-blobs.ts";
import { mdmPorts } from "../adapters/device-door/mdm-ports.ts";
import { FileRecoveryLog } from "../adapters/vault/recovery-log.ts";
import type { ServerConfig } from "../config.ts";
import { createAccess } from "../features/access/feature.ts";
import { DEFAULT_LIMITS, undoPolicy } from "../features/access/index.ts";
import { createAcme } from "../features/acme/feature.ts";
import { attestationRoots, takeAttestation } from "../features/acme/index.ts";
import { createAgents } from "../features/agents/feature.ts";
import { type AgentPackage, mdmCommands } from "../features/agents/index.ts";
import { createAudit } from "../features/audit/feature.ts";
import { createBatches } from "../features/batches/feature.ts";
import { createCommands } from "../features/commands/feature.ts";
import { createContent } from "../features/content/feature.ts";
import { createDevices } from "../features/devices/feature.ts";
import { readDevice } from "../features/devices/index.ts";
import { createEnrollment } from "../features/enrollment/feature.ts";
import { readDeviceIdOf, readEnrollmentIds } from "../features/enrollment/index.ts";
import { createEscrow } from "../features/escrow/feature.ts";
import { createMovingIn } from "../features/moving-in/feature.ts";
import { createProtection } from "../features/protection/feature.ts";
import { createPush } from "../features/push/feature.ts";
import { pushTopic } from "../features/push/index.ts";
import { createRecovery } from "../features/recovery/feature.ts";
import { createRenewal } from "../features/renewal/feature.ts";
import { createRevocation } from "../features/revocation/feature.ts";
import { createTenants } from "../features/tenants/feature.ts";
import { Authority } from "../features/tenants/index.ts";
import type { Feature, HttpRoute, Kernel } from "../kernel/feature.ts";
import { kmsOf } from "./keys.ts";
import { SEALED_COLUMNS } from "./sealed-columns.ts";

/** Where the doors are reached from outside; filled once they listen. */
export interface Addresses {
  api: string;
  device: string;
  agent: string;
  /** PEM of the root that clients of the doors trust. */
  root: string;
}

/** Makes every feature and hands each what it needs of the others: of those below at once, of those above when it asks. */
export function createFeatures(config: ServerConfig, kernel: Kernel, addresses: Addresses, pushSender: ApnsSender) {
  const pkiUrl = () => config.pkiUrl ?? addresses.device;
  const authority = new Authority(kernel, undefined, pkiUrl);
  const access = createAccess(kernel, () => addresses.api);
  const devices = createDevices(kernel);
  const { seen } = devices;
  const roots = attestationRoots(config.attestationRoots ?? "");
  const canAttest = roots.length > 0;
  const enrollment = createEnrollment(kernel, { authority, pushTopic, urls: () => addresses, canAttest });
  const push = createPush(kernel, {
    crypto: authority.crypto,
    enrollment,
    seen,
    sender: pushSender,
    signing: vendorSigner(config.mdmcert ?? { url: "", key: "" }),
  });
  const acme = createAcme(kernel, {
    authority,
    enrollment,
    attestationRoots: roots,
    deviceUrl: () => addresses.device,
  });
  const undo = undoPolicy(DEFAULT_LIMITS);
  const commands = createCommands(kernel, {
    takeAttestation: takeAttestation({ crypto: authority.crypto, attestationRoots: roots }),
    enrollment,
    push,
    undo,
    ...(config.setupMs === undefined ? {} : { setupMs: config.setupMs }),
  });
  const batches = createBatches(kernel, { commands, undo });
  const revocation = createRevocation(kernel, {
    authority,
    pkiUrl,
    enrollmentsOf: readEnrollmentIds,
    deviceOf: readDeviceIdOf,
    nameOf: async (tx, deviceId) => (await readDevice(tx, deviceId))?.name,
  });
  const renewal = createRenewal(kernel, {
    enrollment,
    commands,
    startDays: config.renewalDays ?? 180,
  });
  let agentPackage: AgentPackage | undefined;
  const agents = createAgents(kernel, {
    authority,
    seen,
    commands: mdmCommands(commands.queue),
    setup: commands.setup,
    addresses: () => ({ deviceUrl: addresses.device, brokerUrl: addresses.agent, roots: addresses.root }),
    agentPackage: () => agentPackage,
    ...(config.reinstall === undefined ? {} : { reinstall: config.reinstall }),
  });
  commands.addHeldSource(agents.heldOrders);
  const recovery = createRecovery(kernel, { log: new FileRecoveryLog(config.dataDir), sealed: SEALED_COLUMNS });
  const escrow = createEscrow(kernel, {
    enrollment,
    authority,
    commands,
    storeOrder: agents.storeOrder,
    kms: kmsOf(config),
  });
  const movingIn = createMovingIn(kernel, { authority, enrollment, push, seen });
  const content = createContent(kernel, {
    blobs: new DiskBlobs(path.join(config.dataDir, "blobs")),
    pack: tarGz,
    deviceUrl: () => addresses.device,
    version: config.version,
    ...(config.agentBundle === undefined ? {} : { agentBundle: config.agentBundle }),
  });
  agentPackage = content.agentPackage;
  const protection = createProtection(kernel, agents);
  const features: readonly Feature[] = [
    createTenants(),
    revocation.feature,
    createAudit(),
    access.feature,
    devices.feature,
    enrollment.feature,
    push.feature,
    acme,
    commands.feature,
    batches.feature,
    renewal.feature,
    agents.feature,
    recovery,
    escrow.feature,
    movingIn.feature,
    content.feature,
    protection.feature,
  ];
  const routes: readonly HttpRoute[] = [
    ...features.flatMap((feature) => feature.routes ?? []),
    ...agentRoutes(agents, kernel.log),
  ];
  const mdm = mdmPorts({ authority, enrollment, commands, escrow, movingIn, seen, renewal, kernel });
  return { authority, access, commands, agents, mdm, features, routes };
}
export type Features = ReturnType<typeof createFeatures>;
