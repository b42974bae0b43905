import { setImmediate as nextTurn } from "node:timers/promises";
import type { DesiredMessage } from "@pomona/agent-protocol";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { readDevice } from "../devices/index.ts";
import type { NetPolls } from "./net-polls.ts";
import type { AgentIdentity, DesiredSource, DeviceBus } from "./ports.ts";

const BATCH = 50;
const NOTHING: readonly DesiredMessage[] = [];

/** Brings the desired state to Macs: at a hello that names another token, and at once when it changed. */
export class DesiredCourier {
  readonly #kernel: Kernel;
  readonly #bus: () => DeviceBus;
  readonly #polls: NetPolls;
  readonly #source: () => DesiredSource | undefined;

  constructor(kernel: Kernel, bus: () => DeviceBus, polls: NetPolls, source: () => DesiredSource | undefined) {
    this.#kernel = kernel;
    this.#bus = bus;
    this.#polls = polls;
    this.#source = source;
  }

  /** Sends all parts over the live wire, unless the Mac holds this state already. */
  async deliver(to: AgentIdentity, heldToken: string | undefined): Promise<void> {
    for (const part of await this.collect(to, heldToken)) {
      if (!this.#bus().send(to, "control", "desired", JSON.stringify(part))) return;
    }
  }

  /** The parts that a Mac lacks; none when it holds them, or is in quarantine. */
  collect(to: AgentIdentity, heldToken: string | undefined): Promise<readonly DesiredMessage[]> {
    const source = this.#source();
    if (source === undefined) return Promise.resolve(NOTHING);
    return this.#kernel.store.read(systemScope(to.tenantId, "agents"), async (tx) => {
      if ((await source.tokenFor(tx, to.deviceId)) === heldToken) return NOTHING;
      if ((await readDevice(tx, to.deviceId))?.quarantine !== null) return NOTHING;
      return source.partsFor(tx, to.deviceId);
    });
  }

  /** After a change: to those that are here, some at a time. The others ask when they come. */
  async broadcast(to: readonly AgentIdentity[]): Promise<void> {
    for (let start = 0; start < to.length; start += BATCH) {
      for (const one of to.slice(start, start + BATCH)) {
        if (this.#bus().isListening(one, "control")) await this.deliver(one, undefined);
        else this.#polls.nudge(one.deviceId);
      }
      await nextTurn();
    }
  }
}
