/** Every time span of the agent, in ms, in one place; tests shorten them. */
export interface Timings {
  /** A wire that is not up after this long opens the standing long poll. */
  readonly wireGrace: number;
  /** Reconnects wait a random part of a ceiling that doubles from `backoffMin` to `backoffMax` (full jitter). */
  readonly backoffMin: number;
  readonly backoffMax: number;
  /** A connection that lived this long was healthy: the back-off starts anew. */
  readonly healthyAfter: number;
  readonly connectTimeout: number;
  /** The safety net is tried this often even while the wire is up. */
  readonly netEvery: number;
  /** How long the server may hold a standing poll. */
  readonly netHold: number;
  /** The telemetry lane closes after being quiet this long. */
  readonly telemetryQuiet: number;
  readonly liveIdle: number;
  /** Without a PUBACK for this long after a nudge the wire counts as dead. */
  readonly probe: number;
  readonly factsEvery: number;
  /** How often the certificate's age is looked at, and so how soon a renewal that failed is tried again. */
  readonly renewEvery: number;
  /** Between SIGTERM and SIGKILL of a script that took too long. */
  readonly scriptGrace: number;
}

export const DEFAULT_TIMINGS: Timings = {
  wireGrace: 1_000,
  backoffMin: 250,
  backoffMax: 60_000,
  healthyAfter: 5_000,
  connectTimeout: 15_000,
  netEvery: 900_000,
  netHold: 50_000,
  telemetryQuiet: 30_000,
  liveIdle: 60_000,
  probe: 5_000,
  factsEvery: 600_000,
  renewEvery: 6 * 3_600_000,
  scriptGrace: 5_000,
};
