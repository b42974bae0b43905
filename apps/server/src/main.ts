import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Role } from "@pomona/contract";
import { openApiDoor } from "./adapters/api-door/api-door.ts";
import { ApnsSender } from "./adapters/apns/apns-sender.ts";
import { FactRelay } from "./adapters/background/fact-relay.ts";
import { JobRunner } from "./adapters/background/job-runner.ts";
import { openDeviceDoor } from "./adapters/device-door/device-door.ts";
import type { MdmPorts } from "./adapters/device-door/ports.ts";
import { pinoLog, silentLog } from "./adapters/log/log.ts";
import { lockInstance } from "./adapters/store/instance-lock.ts";
import { SqliteStore } from "./adapters/store/sqlite-store.ts";
import { FileVault } from "./adapters/vault/file-vault.ts";
import type { ServerConfig } from "./config.ts";
import { createAccess } from "./features/access/feature.ts";
import { addSignInLink, addToken, budgetOf, DEFAULT_LIMITS, idempotency } from "./features/access/index.ts";
import { createAudit } from "./features/audit/feature.ts";
import { auditTrail } from "./features/audit/index.ts";
import { createCommands } from "./features/commands/feature.ts";
import { createDevices } from "./features/devices/feature.ts";
import { createEnrollment } from "./features/enrollment/feature.ts";
import { createEscrow } from "./features/escrow/feature.ts";
import { createTenants } from "./features/tenants/feature.ts";
import { Authority, addTenant, readTenants, type TenantRow } from "./features/tenants/index.ts";
import { systemClock } from "./kernel/clock.ts";
import type { Feature, Kernel } from "./kernel/feature.ts";
import { LiveFeed } from "./kernel/live.ts";
import { Performer } from "./kernel/perform.ts";
import { PLATFORM, systemScope } from "./kernel/scope.ts";
import type { WriteTransaction } from "./kernel/store.ts";

export interface RunningServer {
  /** Ends in `/api/v1`. */
  readonly apiUrl: string;
  readonly consoleUrl: string;
  readonly deviceUrl: string;
  readonly agentUrl: string;
  /** PEM of the root that clients of this server trust. */
  readonly caFile: string;
  /** Of the device channel without TLS, where the configuration asks for one. */
  readonly plainDevicePort?: number;
  /** Where the first administrator signs in; only while nobody has. */
  readonly firstSignInLink?: string;
  /** All tenants, oldest first. */
  tenants(): Promise<readonly TenantRow[]>;
  /** The tenants, made when missing, in the order of the names. */
  ensureTenants(names: readonly string[]): Promise<readonly TenantRow[]>;
  /** A new API token with a role in each of some tenants; for the demo and for tests. */
  issueToken(name: string, role: Role, tenants: readonly TenantRow[]): Promise<string>;
  stop(): Promise<void>;
}

/** Composes everything and opens the doors. @throws Error when the folder is in use or a port is taken */
export async function startServer(config: ServerConfig): Promise<RunningServer> {
  const unlock = lockInstance(config.dataDir);
  try {
    return await compose(config, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function compose(config: ServerConfig, unlock: () => void): Promise<RunningServer> {
  const log = config.logLevel === "silent" ? silentLog : pinoLog(config.logLevel);
  const vault = new FileVault({
    dir: path.join(config.dataDir, "keys"),
    ...(config.masterKey === undefined ? {} : { masterKey: config.masterKey }),
  });
  let urls = { api: "", device: "", agent: "" };
  const store = new SqliteStore({ file: path.join(config.dataDir, "pomona.db") });
  const kernel: Kernel = { store, facts: store, live: new LiveFeed(), vault, clock: systemClock, log };

  const authority = new Authority(kernel);
  const access = createAccess(kernel, () => urls.api);
  const devices = createDevices(kernel);
  const pushSender = new ApnsSender(config.apns);
  const enrollment = createEnrollment(kernel, { authority, pushSender, urls: () => urls });
  const commands = createCommands(kernel, { enrollment });
  const escrow = createEscrow(kernel, { enrollment });
  const features: readonly Feature[] = [
    createTenants(),
    createAudit(),
    access.feature,
    devices.feature,
    enrollment.feature,
    commands.feature,
    escrow.feature,
  ];

  store.migrate(features.flatMap((feature) => feature.migrations));
  await authority.start();
  for (const feature of features) await feature.start?.();

  const actions = features.flatMap((feature) => feature.actions);
  const performer = new Performer(kernel, { audit: auditTrail, budget: budgetOf(DEFAULT_LIMITS), idempotency });
  const relay = new FactRelay(
    store,
    store,
    features.flatMap((feature) => feature.factHandlers ?? []),
    log,
  );
  const jobs = new JobRunner(
    features.flatMap((feature) => feature.jobs ?? []),
    log,
  );
  const routes = features.flatMap((feature) => feature.routes ?? []);
  const tls = config.tls ?? (await authority.serverTls([config.publicHost, config.host]));
  const caFile = path.join(config.dataDir, "ca.pem");
  writeFileSync(caFile, tls.ca);

  await relay.start();
  const api = await openApiDoor({
    host: config.host,
    port: config.ports.api,
    tls,
    kernel,
    actions,
    routes: routes.filter((route) => route.door === "api"),
    performer,
    authenticator: access.authenticator,
    consoleDir: config.consoleDir,
    version: config.version,
  });
  const mdm: MdmPorts = {
    authority,
    resolve: enrollment.resolve,
    authenticate: enrollment.authenticate,
    checkIns: { ...enrollment.checkIns, ...escrow.checkIns },
    answer: commands.answer,
    refusals: enrollment.refusals,
    crypto: authority.crypto,
    noteSeen: (tenantId, deviceId, at) => devices.seen.note(tenantId, deviceId, "mdm", at),
  };
  const device = {
    host: config.host,
    tls: { ...tls, ca: authority.rootPem },
    kernel,
    mdm,
    routes: routes.filter((route) => route.door === "device"),
  };
  const deviceDoor = await openDeviceDoor({ ...device, port: config.ports.device });
  const plainDoor =
    config.plainDevicePort === undefined
      ? undefined
      : await openDeviceDoor({ ...device, port: config.plainDevicePort, isPlain: true });
  urls = {
    api: `https://${config.publicHost}:${api.port}`,
    device: `https://${config.publicHost}:${deviceDoor.port}`,
    agent: "",
  };
  jobs.start();
  log.info("server.started", urls);

  const system = systemScope(PLATFORM, "main");
  const firstSignInLink = (await access.isEmpty()) ? await firstLink(kernel, urls.api) : undefined;
  return {
    apiUrl: `${urls.api}/api/v1`,
    consoleUrl: urls.api,
    deviceUrl: urls.device,
    agentUrl: urls.agent,
    caFile,
    ...(plainDoor === undefined ? {} : { plainDevicePort: plainDoor.port }),
    ...(firstSignInLink === undefined ? {} : { firstSignInLink }),
    tenants: () => store.read(system, readTenants),
    ensureTenants: (names) => store.write(system, (tx) => ensureTenants(tx, names)),
    issueToken: (name, role, tenants) =>
      store.write(system, async (tx) => {
        const grants = tenants.map((tenant) => ({ tenantId: tenant.id, role }));
        return (await addToken(tx, name, grants)).secret;
      }),
    stop: async () => {
      await Promise.all([api.close(), deviceDoor.close(), plainDoor?.close()]);
      await jobs.stop();
      await relay.stop();
      for (const feature of features.toReversed()) await feature.stop?.();
      pushSender.close();
      store.close();
      unlock();
      log.info("server.stopped");
    },
  };
}

async function firstLink(kernel: Kernel, consoleUrl: string): Promise<string> {
  const { code } = await kernel.store.write(systemScope(PLATFORM, "main"), (tx) =>
    addSignInLink(tx, "First administrator", { tenantId: PLATFORM, role: "administrator" }),
  );
  return `${consoleUrl}/sign-in/${code}`;
}

async function ensureTenants(tx: WriteTransaction, names: readonly string[]): Promise<readonly TenantRow[]> {
  const known = await readTenants(tx);
  const tenants: TenantRow[] = [];
  for (const name of names) tenants.push(known.find((tenant) => tenant.name === name) ?? (await addTenant(tx, name)));
  return tenants;
}
