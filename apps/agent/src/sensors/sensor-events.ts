import type { ExecIdentity } from "@pomona/rules";
import type { ProcessToken } from "../kill/process-token.ts";

/** What every event carries, whatever sensor it came from. */
export interface EventEnvelope {
  /** Epoch milliseconds with fraction, from the event itself. */
  readonly at: number;
  /** Mach absolute time of the event; 0 where the sensor has none. */
  readonly machTime: number;
  /** Per event type; undefined where the sensor does not count. */
  readonly seq?: number;
  /** Per stream, over all event types. */
  readonly globalSeq?: number;
  /** Message version of the sensor's schema: 9 (macOS 15), 10 (macOS 26). */
  readonly version: number;
  /** The version is not one that we know; the fields were read as far as they were there. */
  readonly unknownVersion: boolean;
}

/** One process as an event describes it. */
export interface ProcessImage extends ExecIdentity {
  readonly token: ProcessToken;
  readonly parent: ProcessToken | undefined;
  readonly ppid: number;
}

/** An image was executed. The environment is never kept; arguments are capped and may hold secrets. */
export interface ExecEvent extends EventEnvelope {
  readonly kind: "exec";
  /** The process with its new image. */
  readonly target: ProcessImage;
  /** The process before the exec: same pid, on macOS pidversion lower by one. */
  readonly before: ProcessToken;
  readonly args: readonly string[];
  readonly argsTruncated: boolean;
  readonly cwd: string | undefined;
}

/** A process made a child of the same image. */
export interface ForkEvent extends EventEnvelope {
  readonly kind: "fork";
  readonly parent: ProcessToken;
  readonly child: ProcessImage;
}

/** A process ended. `status` is the wait status; the exit code is `(status >> 8) & 0xff`. */
export interface ExitEvent extends EventEnvelope {
  readonly kind: "exit";
  readonly token: ProcessToken;
  readonly status: number;
}

/** An event that is counted and otherwise passed by. */
export interface OtherEvent extends EventEnvelope {
  readonly kind: "other";
  readonly name: string;
}

export type SensorEvent = ExecEvent | ForkEvent | ExitEvent | OtherEvent;
