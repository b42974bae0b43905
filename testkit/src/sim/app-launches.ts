import { makeApplication } from "../model/make-mac-model.ts";
import { bitcoinMiner } from "../model/software.ts";
import type { MacProcess } from "../processes/mac-process.ts";
import type { VirtualMac } from "../virtual-mac/virtual-mac.ts";

/** How people use their applications. */
export interface AppLaunchOptions {
  /** One application is started somewhere in the fleet this often. */
  readonly everyMs: number;
  /** Every so many starts it is BitcoinMiner, for somebody to block. */
  readonly minerEvery: number;
  /** How long an application stays open at most. */
  readonly openMs: number;
}

export const usualLaunches: AppLaunchOptions = { everyMs: 1500, minerEvery: 8, openMs: 60_000 };

export interface AppLaunches {
  readonly launches: number;
  readonly killed: number;
  stop(): void;
}

/** Starts and ends applications on Macs until it is stopped. Nobody starts anything on a Mac that is at its login window. */
export function startAppLaunches(macs: () => readonly VirtualMac[], options: AppLaunchOptions): AppLaunches {
  let launches = 0;
  let killed = 0;
  const open = new Set<NodeJS.Timeout>();

  const watch = (process: MacProcess): void => {
    const quit = setTimeout(() => process.signal("SIGTERM"), options.openMs * (0.2 + Math.random() * 0.8));
    open.add(quit);
    void process.exited.then(({ signal }) => {
      clearTimeout(quit);
      open.delete(quit);
      if (signal === "SIGKILL") killed += 1;
    });
  };

  const launch = async (): Promise<void> => {
    const awake = macs().filter((mac) => mac.model.consoleUser !== undefined);
    const mac = awake[Math.floor(Math.random() * awake.length)];
    if (mac === undefined) return;
    launches += 1;
    const { applications } = mac.model;
    const isMiner = launches % options.minerEvery === 0;
    const application = isMiner
      ? makeApplication(bitcoinMiner, bitcoinMiner.versions[0])
      : applications[Math.floor(Math.random() * applications.length)];
    if (application === undefined) return;
    const { executable, signingId, teamId, cdhash, isPlatformBinary } = application;
    const request = {
      path: executable,
      signingId,
      cdhash,
      isPlatformBinary,
      ...(teamId === undefined ? {} : { teamId }),
    };
    watch(await mac.launchApp(request));
  };

  const timer = setInterval(() => {
    // A Mac that is switched off meanwhile starts nothing, and that is all.
    launch().catch(() => undefined);
  }, options.everyMs);
  return {
    get launches() {
      return launches;
    },
    get killed() {
      return killed;
    },
    stop: () => {
      clearInterval(timer);
      for (const quit of open) clearTimeout(quit);
    },
  };
}
