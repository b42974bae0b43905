import type { HelloMessage } from "@pomona/agent-protocol";
import type { Incidents } from "./incidents/report-incidents.ts";
import type { Log } from "./log.ts";
import type { Outbox } from "./outbox.ts";
import type { SensorPort } from "./sensor-port.ts";
import type { SensorHealth } from "./sensors/sensor-health.ts";

export interface WatchSensorOptions {
  readonly sensor: SensorPort | undefined;
  readonly outbox: Outbox;
  readonly incidents: Incidents;
  shed(): number;
  readonly log: Log;
}

/** The sensor's life beside the agent's: its hits become incidents, its changes of state are told. */
export function watchSensor({ sensor, outbox, incidents, shed, log }: WatchSensorOptions) {
  let state: HelloMessage["sensor"] =
    sensor === undefined
      ? { state: "none", detail: "This agent has no sensor." }
      : { state: "starting", detail: "The sensor has not reported yet." };
  const onHealth = (health: SensorHealth) => {
    const next = { state: health.state.slice(0, 40), detail: health.detail.slice(0, 500) };
    if (next.state === state.state && next.detail === state.detail) return;
    state = next;
    const counters = { ...health.counters, incidentsSuppressed: incidents.suppressed(), messagesShed: shed() };
    outbox.control("sensor", { ...next, counters }, "telemetry");
  };
  /** What cannot be written (a full disk) must not end the sensor, which goes on to kill. */
  const guarded =
    <T>(tell: (value: T) => void) =>
    (value: T) => {
      try {
        tell(value);
      } catch (error) {
        log.warn("sensor.untold", { reason: error instanceof Error ? error.message : "unknown" });
      }
    };
  return {
    start: () => sensor?.start({ onHit: guarded(incidents.onHit), onHealth: guarded(onHealth) }),
    stop: async () => sensor?.stop(),
    /** As the hello says it. */
    state: (): HelloMessage["sensor"] => state,
  };
}
