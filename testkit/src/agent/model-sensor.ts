import type { AgentOptions, SensorListener, SensorPort } from "@pomona/agent";
import { type CompiledRules, compileRules, decide } from "@pomona/rules";
import type { EsEvent, EsProcess } from "../endpoint-security/es-event.ts";
import { esEventNames } from "../endpoint-security/event-names.ts";
import type { EsStream } from "../endpoint-security/event-stream.ts";
import { sharedRules } from "./shared-rules.ts";

type Killer = NonNullable<AgentOptions["killer"]>;
type Hit = Parameters<SensorListener["onHit"]>[0];
type ExecEsEvent = Extract<EsEvent, { name: "exec" }>;

const WINDOW_MS = 60_000;
/** A profile may grant what is missing at any time. */
const RETRY_MS = 2_000;

export interface ModelSensorOptions {
  readonly events: EsStream;
  readonly killer: Killer;
  readonly version: 9 | 10;
  readonly hasFullDiskAccess: () => boolean;
}

/** The exec sensor in our own process: Endpoint Security's events go to the rules, and a kill into the table of processes. */
export function modelSensor({ events, killer, version, hasFullDiskAccess }: ModelSensorOptions): SensorPort {
  const counters = { events: 0, execs: 0, hits: 0, kills: 0, gapped: 0, dropped: 0, unreadable: 0, restarts: 0 };
  const subscribed = ["exec", "fork", "exit"].filter((name) => esEventNames(version).includes(name));
  let rules: CompiledRules = compileRules([]);
  let budget = 0;
  let kills: number[] = [];
  let unsubscribe: (() => void) | undefined;
  let retry: NodeJS.Timeout | undefined;

  const decideExec = (event: ExecEsEvent, listener: SensorListener): void => {
    counters.execs += 1;
    const receivedAt = now();
    const verdict = decide(rules, identity(event.target), receivedAt);
    if (verdict === undefined) return;
    counters.hits += 1;
    const token = tokenOf(event.target);
    const seen = { event: execEvent(event, version), parentPath: "/sbin/launchd", ...verdict, swept: [] };
    const times = { eventAt: event.at, receivedAt, decidedAt: now() };
    const told = (hit: Pick<Hit, "action" | "kill">, killedAt?: number): void =>
      listener.onHit({ ...seen, ...hit, times: killedAt === undefined ? times : { ...times, killedAt } });
    if (verdict.outcome === "report") return told({ action: "reported" });
    kills = kills.filter((at) => at > receivedAt - WINDOW_MS);
    if (kills.length >= budget) return told({ action: "budgetSpent" });
    kills.push(receivedAt);
    const kill = killer.kill(token, "SIGKILL");
    if (kill.outcome === "killed") counters.kills += 1;
    told({ action: kill.outcome === "killed" ? "killed" : "killFailed", kill }, now());
  };

  const open = (listener: SensorListener): void => {
    const isAllowed = hasFullDiskAccess();
    listener.onHealth({
      state: isAllowed ? "running" : "needsFullDiskAccess",
      detail: isAllowed ? "" : "Install the privacy profile that grants the agent Full Disk Access.",
      counters,
      subscribed,
      killMeans: killer.means,
      unknownVersions: [],
    });
    if (!isAllowed) {
      retry = setTimeout(() => open(listener), RETRY_MS);
      retry.unref();
      return;
    }
    unsubscribe = events.subscribe((event) => {
      counters.events += 1;
      if (event.name === "exec") decideExec(event, listener);
    });
  };

  return {
    start: open,
    setRules: (wanted, killBudgetPerMinute) => {
      rules = sharedRules(wanted);
      budget = killBudgetPerMinute;
    },
    stop: () => {
      clearTimeout(retry);
      unsubscribe?.();
      return Promise.resolve();
    },
  };
}

const now = (): number => performance.timeOrigin + performance.now();

const tokenOf = ({ pid, pidversion }: EsProcess) => ({ pid, pidversion });

/** An audit token: auid, euid, egid, ruid, rgid, pid, asid, pidversion. */
const wordsOf = ({ uid, pid, pidversion }: EsProcess) => [uid, uid, 20, uid, 20, pid, 100_000, pidversion] as const;

const identity = ({ image }: EsProcess) => ({
  path: image.path,
  cdhash: image.cdhash,
  isPlatformBinary: image.isPlatformBinary,
  ...(image.signingId === undefined ? {} : { signingId: image.signingId }),
  ...(image.teamId === undefined ? {} : { teamId: image.teamId }),
});

const execEvent = (event: ExecEsEvent, version: 9 | 10): Hit["event"] => ({
  kind: "exec",
  at: event.at,
  machTime: 0,
  version,
  unknownVersion: false,
  target: {
    ...identity(event.target),
    token: { ...tokenOf(event.target), words: wordsOf(event.target) },
    parent: { pid: event.target.ppid, pidversion: 1100 },
    ppid: event.target.ppid,
  },
  before: { pid: event.before.pid, pidversion: event.before.pidversion },
  args: event.args,
  argsTruncated: false,
  cwd: "/",
});
