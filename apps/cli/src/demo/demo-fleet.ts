import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { FleetCounts } from "@pomona/testkit";
import type { FromFleet, ToFleet } from "./fleet-messages.ts";

type Opened = Extract<FromFleet, { kind: "opened" }>;

/** The process of the demo's Macs, from the side of the demo. */
export class DemoFleet {
  readonly #child: ChildProcess;
  readonly opened: Promise<Opened>;
  /** Every Mac has enrolled or failed. @throws Error when the process ended before */
  readonly settled: Promise<readonly string[]>;
  counts: FleetCounts | undefined;

  constructor(onProgress: (counts: FleetCounts) => void) {
    this.#child = fork(process.argv[1]!, ["fleet-process"], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    const ended = once(this.#child, "exit").then(([code]) => {
      throw new Error(`the process of the Macs ended with ${String(code)}`);
    });
    ended.catch(() => {});
    const heard = <Kind extends FromFleet["kind"]>(kind: Kind) =>
      new Promise<Extract<FromFleet, { kind: Kind }>>((resolve) => {
        this.#child.on("message", (message: FromFleet) => {
          if (message.kind === kind) resolve(message as Extract<FromFleet, { kind: Kind }>);
        });
      });
    this.opened = Promise.race([heard("opened"), ended]);
    this.settled = Promise.race([heard("settled").then(({ failures }) => failures), ended]);
    this.settled.catch(() => {});
    this.#child.on("message", (message: FromFleet) => {
      if (message.kind !== "progress") return;
      this.counts = message.counts;
      onProgress(message.counts);
    });
  }

  send(message: ToFleet): void {
    this.#child.send(message);
  }

  /** Lets the Macs shut down; insists after ten seconds. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.disconnect();
    const insist = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
    await gone;
    clearTimeout(insist);
  }
}
