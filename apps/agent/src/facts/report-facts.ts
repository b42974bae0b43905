import { createHash } from "node:crypto";
import type { FactsMessage } from "@pomona/agent-protocol";
import type { Log } from "../log.ts";
import type { MacApplication, MacFacts, MacTools } from "../mac/mac-tools.ts";
import { MAX_MESSAGE_BYTES, type Outbox } from "../outbox.ts";
import type { Timings } from "../timings.ts";

/** Free space moves all the time; a change of less than this is none. */
const DISK_STEP = 1024 ** 3;
/** Kept free in a message beside its applications. */
const ROOM_FOR_FACTS = 60_000;

/** Facts of the Mac at start, on change and on request. */
export interface FactsReporter {
  start(): void;
  /** Reads and sends all of them. @returns how much was read */
  refresh(): Promise<{ readonly facts: number; readonly applications: number }>;
  stop(): void;
}

export interface ReportFactsOptions {
  readonly mac: MacTools;
  readonly outbox: Outbox;
  readonly timings: Timings;
  readonly random: () => number;
  readonly now: () => number;
  readonly log: Log;
}

export function reportFacts({ mac, outbox, timings, random, now, log }: ReportFactsOptions): FactsReporter {
  let lastFacts = "";
  let lastApplications = "";
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const look = async (force: boolean) => {
    const [facts, applications] = await Promise.all([mac.facts(), mac.applications()]);
    if (stopped) return { facts: 0, applications: 0 };
    const factsNow = digest(withoutFlutter(facts));
    const applicationsNow = applications === undefined ? lastApplications : digest(applications);
    const appsChanged = force ? applications !== undefined : applicationsNow !== lastApplications;
    if (force || factsNow !== lastFacts || appsChanged) {
      const body: FactsMessage = { at: now(), facts };
      if (appsChanged && applications !== undefined) body.applications = fitting(applications, log);
      outbox.telemetry("facts", body);
    }
    lastFacts = factsNow;
    lastApplications = applicationsNow;
    return { facts: Object.keys(facts).length, applications: applications?.length ?? 0 };
  };
  const again = () => {
    // Macs that started together must not report together.
    timer = setTimeout(
      () => {
        void look(false)
          .catch((error: unknown) => log.warn("facts.unread", { reason: String(error) }))
          .finally(() => {
            if (!stopped) again();
          });
      },
      timings.factsEvery * (0.75 + 0.5 * random()),
    ).unref();
  };
  return {
    start() {
      again();
      look(true).catch((error: unknown) => log.warn("facts.unread", { reason: String(error) }));
    },
    refresh: () => look(true),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** As many applications, in order, as fit into one message. */
function fitting(applications: readonly MacApplication[], log: Log): MacApplication[] {
  let room = MAX_MESSAGE_BYTES - ROOM_FOR_FACTS;
  const end = applications.findIndex((application) => {
    room -= Buffer.byteLength(JSON.stringify(application)) + 1;
    return room < 0;
  });
  if (end >= 0) log.warn("facts.applications-cut", { all: applications.length, sent: end });
  return end < 0 ? [...applications] : applications.slice(0, end);
}

const digest = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("base64");

/** What differs at every look without anything having changed. */
function withoutFlutter(facts: MacFacts): unknown {
  const { uptimeSeconds: _, disks, ...steady } = facts;
  return { ...steady, disks: disks?.map((disk) => ({ ...disk, freeBytes: Math.round(disk.freeBytes / DISK_STEP) })) };
}
