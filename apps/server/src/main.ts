import path from "node:path";
import type { Role } from "@pomona/contract";
import { ApnsSender } from "./adapters/apns/apns-sender.ts";
import { FactRelay } from "./adapters/background/fact-relay.ts";
import { JobRunner } from "./adapters/background/job-runner.ts";
import { pinoLog, silentLog } from "./adapters/log/log.ts";
import { diskFault } from "./adapters/store/disk-fault.ts";
import { lockInstance } from "./adapters/store/instance-lock.ts";
import { SqliteStore } from "./adapters/store/sqlite-store.ts";
import type { ServerConfig } from "./config.ts";
import { addSignInLink, addToken, budgetOf, DEFAULT_LIMITS, idempotency } from "./features/access/index.ts";
import { auditTrail } from "./features/audit/index.ts";
import { addTenant, readTenants, type TenantRow } from "./features/tenants/index.ts";
import { systemClock } from "./kernel/clock.ts";
import type { Kernel } from "./kernel/feature.ts";
import { LiveFeed } from "./kernel/live.ts";
import { Performer } from "./kernel/perform.ts";
import { PLATFORM, systemScope } from "./kernel/scope.ts";
import type { WriteTransaction } from "./kernel/store.ts";
import { openDoors } from "./main/doors.ts";
import { type Addresses, createFeatures } from "./main/features.ts";
import { openVault } from "./main/keys.ts";
import { holdIfRestored } from "./main/restore.ts";
import { watchSpace } from "./main/watch-space.ts";
import { writeWhenNew } from "./main/write-when-new.ts";

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
  /** A one-time link for a person who administers everything; for the demo. */
  signInLink(personName: string): Promise<string>;
  stop(): Promise<void>;
}

/** Composes everything and opens the doors. @throws Error when the folder is in use, its disk is full, or a port is taken */
export async function startServer(config: ServerConfig): Promise<RunningServer> {
  const unlock = lockInstance(config.dataDir);
  try {
    return await compose(config, unlock);
  } catch (error) {
    unlock();
    if (diskFault(error) === undefined) throw error;
    const words = `The disk of ${config.dataDir} is full or failing. See to it, then start again.`;
    throw new Error(words, { cause: error });
  }
}

async function compose(config: ServerConfig, unlock: () => void): Promise<RunningServer> {
  const log = config.logLevel === "silent" ? silentLog : pinoLog(config.logLevel);
  const vault = await openVault(config, log);
  const clock = config.clock ?? systemClock;
  const store = new SqliteStore({
    file: path.join(config.dataDir, "pomona.db"),
    clock,
    onEffectFault: (error) => log.error("store.effect-failed", { error: String(error) }),
    onState: (state, error) =>
      state === "works" ? log.warn("store.works-again") : log.error(`store.${state}`, { error: String(error) }),
  });
  const kernel: Kernel = { store, facts: store, live: new LiveFeed(), vault, clock, log };
  const addresses: Addresses = { api: "", device: "", agent: "", root: "" };
  const pushSender = new ApnsSender(config.apns);
  const composed = createFeatures(config, kernel, addresses, pushSender);
  const { features, authority, access } = composed;

  store.migrate(features.flatMap((feature) => feature.migrations));
  await authority.start();
  const lineage = await holdIfRestored(config, kernel, composed.commands);
  for (const feature of features) await feature.start?.();

  const performer = new Performer(kernel, { audit: auditTrail, budget: budgetOf(DEFAULT_LIMITS), idempotency });
  const handlers = features.flatMap((feature) => feature.factHandlers ?? []);
  const relay = new FactRelay(store, store, handlers, log);
  const jobs = new JobRunner(
    [
      ...features.flatMap((feature) => feature.jobs ?? []),
      store.fileFacts,
      lineage.job,
      watchSpace(config.dataDir, log),
    ],
    log,
  );
  const stopFeatures = async () => {
    for (const feature of features.toReversed()) await feature.stop?.();
    pushSender.close();
    store.close();
  };
  const doors = await openDoors(config, kernel, composed, performer, addresses, () => store.state).catch(
    async (error: unknown) => {
      await stopFeatures();
      throw error;
    },
  );
  const caFile = path.join(config.dataDir, "ca.pem");
  writeWhenNew(caFile, addresses.root);
  await relay.start();
  jobs.start();
  log.info("server.started", { ...addresses, root: undefined });

  const system = systemScope(PLATFORM, "main");
  const signInLink = (personName: string) => addLink(kernel, addresses.api, personName);
  const firstSignInLink = (await access.isEmpty()) ? await signInLink("First administrator") : undefined;
  return {
    apiUrl: `${addresses.api}/api/v1`,
    consoleUrl: addresses.api,
    deviceUrl: addresses.device,
    agentUrl: addresses.agent,
    caFile,
    ...(doors.plainDevicePort === undefined ? {} : { plainDevicePort: doors.plainDevicePort }),
    ...(firstSignInLink === undefined ? {} : { firstSignInLink }),
    tenants: () => store.read(system, readTenants),
    ensureTenants: (names) => store.write(system, (tx) => ensureTenants(tx, names)),
    issueToken: (name, role, tenants) =>
      store.write(system, async (tx) => {
        const grants = tenants.map((tenant) => ({ tenantId: tenant.id, role }));
        return (await addToken(tx, name, grants)).secret;
      }),
    signInLink,
    stop: async () => {
      await doors.close();
      await jobs.stop();
      await relay.stop();
      await lineage.job.run();
      await stopFeatures();
      unlock();
      log.info("server.stopped");
    },
  };
}

async function addLink(kernel: Kernel, consoleUrl: string, personName: string): Promise<string> {
  const { code } = await kernel.store.write(systemScope(PLATFORM, "main"), (tx) =>
    addSignInLink(tx, personName, { tenantId: PLATFORM, role: "administrator" }),
  );
  return `${consoleUrl}/sign-in/${code}`;
}

async function ensureTenants(tx: WriteTransaction, names: readonly string[]): Promise<readonly TenantRow[]> {
  const known = await readTenants(tx);
  const tenants: TenantRow[] = [];
  for (const name of names) {
    tenants.push(known.find((tenant) => tenant.name === name) ?? (await addTenant(tx, name)));
  }
  return tenants;
}
