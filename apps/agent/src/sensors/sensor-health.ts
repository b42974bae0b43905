/**
 * The state of a sensor. `needsFullDiskAccess` and `esloggerMissing` need someone to act; `backoff` heals by itself.
 * `starting` and `stopped` frame its life.
 */
export type SensorState = "starting" | "running" | "needsFullDiskAccess" | "esloggerMissing" | "backoff" | "stopped";

/** Counters since the sensor process started; they only grow. */
export interface SensorCounters {
  readonly events: number;
  readonly execs: number;
  readonly hits: number;
  readonly kills: number;
  /** Events that the source numbered and that never came. */
  readonly gapped: number;
  /** Events that our bounded queue let fall. */
  readonly dropped: number;
  /** Lines that did not parse, and lines over the limit. */
  readonly unreadable: number;
  readonly restarts: number;
}

export interface SensorHealth {
  readonly state: SensorState;
  /** For people: what is wrong and what to do. */
  readonly detail: string;
  readonly counters: SensorCounters;
  /** Events the stream subscribed to. */
  readonly subscribed: readonly string[];
  /** How a kill is made safe; `none`: hits are only reported. */
  readonly killMeans: "audittoken" | "starttime" | "none";
  readonly unknownVersions: readonly number[];
}
