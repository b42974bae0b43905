import { randomUUID } from "node:crypto";
import { type HelloMessage, OrderMessage } from "@pomona/agent-protocol";
import type { Agent, AgentOptions, AgentStatus } from "./agent-options.ts";
import { createConnection } from "./connection.ts";
import { holdDesiredState } from "./desired-state/hold-desired-state.ts";
import { reportFacts } from "./facts/report-facts.ts";
import { reportIncidents } from "./incidents/report-incidents.ts";
import { silentLog } from "./log.ts";
import type { MacIdentity } from "./mac/mac-tools.ts";
import { bootstrapTokenStatus } from "./orders/catalog/bootstrap-token-status.ts";
import { createAccount } from "./orders/catalog/create-account.ts";
import { killProcess } from "./orders/catalog/kill-process.ts";
import { ping } from "./orders/catalog/ping.ts";
import { readRecoveryKeyEscrow } from "./orders/catalog/read-recovery-key-escrow.ts";
import { refreshFacts } from "./orders/catalog/refresh-facts.ts";
import { DEFAULT_SCRIPT_ENVIRONMENT, runScript } from "./orders/catalog/run-script.ts";
import { secureTokenStatus } from "./orders/catalog/secure-token-status.ts";
import { validateRecoveryKey } from "./orders/catalog/validate-recovery-key.ts";
import { takeOrders } from "./orders/take-orders.ts";
import { createOutbox } from "./outbox.ts";
import { DEFAULT_TIMINGS, type Timings } from "./timings.ts";
import { watchSensor } from "./watch-sensor.ts";

/** The version that says so where none is built in. */
export const AGENT_VERSION = "0.1.0";

/**
 * An agent: everything that it needs is handed in, so that thousands fit in one process. `start` resolves when what is on disk
 * is in force again (rules, interrupted orders); connecting goes on behind it.
 */
export function createAgent(options: AgentOptions): Agent {
  const { settings, store, mac, sensor, log = silentLog, now = Date.now, random = Math.random } = options;
  const timings: Timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const version = options.version ?? AGENT_VERSION;
  const instance = randomUUID();
  const safeMode = options.safeMode === true;

  const outbox = createOutbox(store, (lane) => connection.pump(lane), log);
  const desired = holdDesiredState({
    store,
    outbox,
    log,
    safeMode,
    onChange: ({ rules, killBudgetPerMinute }) => sensor?.setRules(rules, killBudgetPerMinute),
  });
  const incidents = reportIncidents({ mac, outbox, now, log, inForce: desired.inForce });
  const sensing = watchSensor({ sensor, outbox, incidents, log, shed: () => store.spool.shed() });
  const facts = reportFacts({ mac, outbox, timings, random, now, log });
  const orders = takeOrders({
    store,
    outbox,
    now,
    log,
    runners: {
      "run-script": runScript({
        scriptFolder: () => store.scriptFolder(),
        environment: options.scriptEnvironment ?? DEFAULT_SCRIPT_ENVIRONMENT,
        graceMs: timings.scriptGrace,
      }),
      "kill-process": killProcess(options.killer, options.findProcess),
      "refresh-facts": refreshFacts(facts),
      ping: ping(now, now()),
      "validate-recovery-key": validateRecoveryKey(mac.escrow),
      "read-recovery-key-escrow": readRecoveryKeyEscrow(mac.escrow),
      "bootstrap-token-status": bootstrapTokenStatus(mac.escrow),
      "secure-token-status": secureTokenStatus(mac.escrow),
      "create-account": createAccount(mac.escrow),
    },
    owner: () => connection.identity(),
    onOutput: (piece) => connection.pass("order-output", piece),
  });
  const hello = (me: MacIdentity): HelloMessage => ({
    version,
    protocol: 1,
    bootSession: me.bootSession,
    instance,
    serialNumber: me.serialNumber,
    osVersion: me.osVersion,
    desiredToken: desired.token(),
    epoch: store.ledger.epoch(),
    sensor: safeMode && desired.inForce().rules.length === 0 ? SAFE_MODE : sensing.state(),
    ...(options.startedBy === undefined ? {} : { startedBy: options.startedBy }),
  });
  const connection = createConnection({
    settings,
    store,
    mac,
    version,
    timings,
    random,
    now,
    log,
    hello,
    onMessage(message, body) {
      if (message === "order") orders.take(body as OrderMessage);
      else if (message === "desired") desired.receive(body as Parameters<typeof desired.receive>[0]);
    },
    onNewOwner() {
      store.together(() => {
        store.ledger.clear();
        store.spool.clear();
      });
      desired.clear();
      void facts.refresh().catch(() => {});
    },
  });
  let running = false;
  return {
    start() {
      running = true;
      sensing.start();
      desired.restore();
      orders.resume();
      facts.start();
      connection.start();
      return Promise.resolve();
    },
    async stop() {
      if (!running) return;
      running = false;
      facts.stop();
      await orders.stop();
      await Promise.all([connection.stop(), sensing.stop()]);
    },
    status: (): AgentStatus => ({
      running,
      ...connection.status(),
      desiredToken: desired.token(),
      rulesInForce: desired.inForce().rules.length,
      waiting: store.spool.count(),
      shed: store.spool.shed(),
      safeMode,
    }),
  };
}

const SAFE_MODE = {
  state: "safeMode",
  detail: "The agent crashed three times within a short while and runs without rules until new ones arrive.",
};
