import type { SensorListener, SensorPort } from "./sensor-port.ts";
import { SensorClient, type SensorHealth } from "./sensors/index.ts";

const MINUTE = 60_000;

/** The real sensor: a process of its own, which is started again when it ends. */
export interface SensorProcessPort extends SensorPort {
  /** Undefined while it does not run. */
  pid(): number | undefined;
}

/** @param command program and arguments that start the sensor process */
export function openSensorProcess(command: readonly [string, ...string[]]): SensorProcessPort {
  let listener: SensorListener | undefined;
  let last: SensorHealth | undefined;
  const client = new SensorClient(
    { command },
    {
      onHit: (hit) => listener?.onHit(hit),
      onHealth(health) {
        last = health;
        listener?.onHealth(health);
      },
      onExit(retryInMs) {
        const detail = "The sensor process ended and is being started again.";
        if (last !== undefined && retryInMs > 0) listener?.onHealth({ ...last, state: "backoff", detail });
      },
    },
  );
  return {
    start(given) {
      listener = given;
      client.start();
    },
    setRules(rules, killBudgetPerMinute) {
      client.setKillBudget({ kills: killBudgetPerMinute, windowMs: MINUTE });
      client.setRules(rules);
    },
    stop: () => client.stop(),
    pid: () => client.pid,
  };
}
