import { join } from "node:path";
import { createInvitation } from "@pomona/contract";
import type { AgentSpeed } from "../agent/agent-speed.ts";
import { openApiClient } from "../api/api-client.ts";
import type { PushNetwork } from "../apns/apns-receiver.ts";
import { createPackageCache } from "../install/package-cache.ts";
import { makeMacModel } from "../model/make-mac-model.ts";
import { openDeviceHttp } from "../network/device-http.ts";
import { VirtualMac } from "../virtual-mac/virtual-mac.ts";
import { type AppLaunchOptions, startAppLaunches, usualLaunches } from "./app-launches.ts";
import type { FleetCounts } from "./fleet-counts.ts";

/** A fleet of virtual Macs against one server. */
export interface FleetOptions {
  /** Ends in `/api/v1`. */
  readonly apiUrl: string;
  /** PEM of the root that the server's certificates come from; without it those of the public. */
  readonly ca?: string;
  /** Where Macs belong: a token that may make invitations (with the tenant's id, if it is one of several), and how many. */
  readonly tenants: readonly { readonly token: string; readonly tenantId?: string; readonly macs: number }[];
  /** Where the Macs' disks are kept. A second start goes on with them. */
  readonly dataDir: string;
  /** The receiver to which the server pushes. Without it each Mac asks the server every `pollEveryMs`. */
  readonly apns?: PushNetwork;
  /** Default 20 s; only without `apns`. */
  readonly pollEveryMs?: number;
  /** So many Macs, from the first on, run the agent and applications as processes. Default 0. */
  readonly realAgents?: number;
  /** Macs that enroll at the same time. Default 8. */
  readonly concurrency?: number;
  /** `false`: nobody starts anything. */
  readonly appLaunches?: AppLaunchOptions | false;
  /** Other seeds are other Macs. */
  readonly seed?: string;
  readonly agentSpeed?: AgentSpeed;
  /** See `VirtualMacOptions`. */
  readonly launchdThrottleMs?: number;
  readonly onProgress?: (counts: FleetCounts) => void;
}

export interface Fleet {
  /** Those that run, in the order of their numbers. */
  readonly macs: readonly VirtualMac[];
  counts(): FleetCounts;
  /** What went wrong with those that failed. */
  readonly failures: readonly string[];
  /** Every Mac is enrolled, or has failed. */
  readonly settled: Promise<void>;
  stop(): Promise<void>;
}

const ATTEMPTS = 3;

interface Place {
  readonly number: number;
  readonly tenant: number;
  readonly folder: string;
}

/** Switches Macs on, enrolls those that are not, and keeps them alive until it is stopped. Resolves at once; see `settled`. */
export function startFleet(wanted: FleetOptions): Fleet {
  const { ca, ...others } = wanted;
  const options: FleetOptions = ca === undefined || ca === "" ? others : { ...others, ca };
  const places = placesOf(options);
  const pool = openDeviceHttp({ roots: options.ca === undefined ? [] : [options.ca] }, { maxSockets: 64 });
  const packages = createPackageCache();
  const invitations = invitationOf(options);
  const running = new Map<number, VirtualMac>();
  const withAgent = new Set<number>();
  const failures: string[] = [];
  const polls = new Set<NodeJS.Timeout>();
  let isStopping = false;

  const switchOn = async ({ number, tenant, folder }: Place): Promise<void> => {
    const mac = await VirtualMac.open({
      folder,
      model: makeMacModel(`${options.seed ?? "fleet"} ${tenant} ${number}`),
      agentMode: number < (options.realAgents ?? 0) ? "process" : "in-process",
      keyCacheDir: join(options.dataDir, "keys"),
      pool,
      packages,
      ...(options.apns === undefined ? {} : { apns: options.apns }),
      ...(options.launchdThrottleMs === undefined ? {} : { launchdThrottleMs: options.launchdThrottleMs }),
      ...(options.agentSpeed === undefined ? {} : { agentSpeed: options.agentSpeed }),
      onJournal: ({ kind }) => {
        if (kind === "package-installed" || kind === "agent-started") withAgent.add(number);
      },
    });
    running.set(number, mac);
    if (!mac.isEnrolled) await enroll(mac, () => invitations(tenant));
    if (options.apns === undefined) {
      polls.add(setInterval(() => void mac.mdm.connect(), (options.pollEveryMs ?? 20_000) * (0.9 + Math.random() / 5)));
      void mac.mdm.connect();
    }
  };

  /** A server that is just starting, or has too much to do, is asked again; each time with a new challenge. */
  const enroll = async (mac: VirtualMac, invitation: () => Promise<string>): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        await mac.enroll(await invitation(), options.ca === undefined ? {} : { ca: options.ca });
        break;
      } catch (error) {
        if (attempt === ATTEMPTS || isStopping) throw error;
        await new Promise((resolve) => setTimeout(resolve, 300 * attempt));
      }
    }
    // Who sits there logs in once more, which is when a Mac escrows its bootstrap token. The server may not take one.
    const { consoleUser } = mac.model;
    if (consoleUser !== undefined)
      await mac.login(consoleUser).catch((error: unknown) => mac.journal.write("failed", String(error)));
  };

  const queue = [...places];
  const worker = async (): Promise<void> => {
    for (let place = queue.shift(); place !== undefined && !isStopping; place = queue.shift()) {
      try {
        await switchOn(place);
      } catch (error) {
        failures.push(`Mac ${place.number}: ${error instanceof Error ? error.message : String(error)}`);
      }
      options.onProgress?.(counts());
    }
  };
  const workers = Promise.all(Array.from({ length: options.concurrency ?? 8 }, worker));
  const macs = (): VirtualMac[] => [...running].toSorted(([a], [b]) => a - b).map(([, mac]) => mac);
  const launches =
    options.appLaunches === false ? undefined : startAppLaunches(macs, options.appLaunches ?? usualLaunches);

  const counts = (): FleetCounts => ({
    macs: places.length,
    running: running.size,
    enrolled: [...running.values()].filter((mac) => mac.isEnrolled).length,
    withAgent: withAgent.size,
    online: [...running.values()].filter((mac) => mac.body.agent?.status().wire === "up").length,
    failed: failures.length,
    launches: launches?.launches ?? 0,
    killed: launches?.killed ?? 0,
  });

  return {
    get macs() {
      return macs();
    },
    counts,
    failures,
    settled: workers.then(() => undefined),
    stop: async () => {
      isStopping = true;
      launches?.stop();
      for (const poll of polls) clearInterval(poll);
      await workers;
      await Promise.all([...running.values()].map((mac) => mac.close()));
      pool.close();
    },
  };
}

function placesOf({ tenants, dataDir }: FleetOptions): Place[] {
  let number = 0;
  return tenants.flatMap(({ macs }, tenant) =>
    Array.from({ length: macs }, () => ({ number: number++, tenant })).map((place, index) => ({
      ...place,
      folder: join(dataDir, "macs", `${tenant + 1}-${String(index + 1).padStart(4, "0")}`),
    })),
  );
}

/** One invitation for all Macs of a tenant, made when the first of them needs it; a failed one is tried anew by the next. */
function invitationOf(options: FleetOptions): (tenant: number) => Promise<string> {
  const made = new Map<number, Promise<string>>();
  const make = async (tenant: number): Promise<string> => {
    const place = options.tenants[tenant];
    if (place === undefined) throw new Error(`there is no tenant ${tenant}`);
    const { token, tenantId, macs } = place;
    const api = openApiClient({
      apiUrl: options.apiUrl,
      token,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      ...(tenantId === undefined ? {} : { tenantId }),
    });
    try {
      return (await api.call(createInvitation, { name: "Virtual Macs", maxUses: macs * ATTEMPTS })).url;
    } finally {
      api.close();
    }
  };
  return (tenant) => {
    const url = made.get(tenant) ?? make(tenant);
    made.set(tenant, url);
    url.catch(() => made.delete(tenant));
    return url;
  };
}
