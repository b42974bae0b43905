import type { OrderMessage } from "@pomona/agent-protocol";
import type { LightAgent } from "../agents/light-agent.ts";
import type { CallApi } from "../processes/call-api.ts";

/** When the parts of one order's way were behind it, in ms since its POST. */
export interface OrderTimes {
  /** 202: the order is committed. */
  readonly acceptedMs: number;
  /** It is with the agent. */
  readonly arrivedMs: number;
  /** PUBACK of `succeeded`: the outcome is committed. */
  readonly acknowledgedMs: number;
}

/** Answers orders as an agent does that has nothing to do for them: receipt, running, succeeded. */
export class OrderCourier {
  readonly #call: CallApi;
  readonly #waiting = new Map<string, (times: Omit<OrderTimes, "acceptedMs">) => void>();
  #beganAt = 0;

  constructor(call: CallApi) {
    this.#call = call;
  }

  /** For the agent's control lane. */
  async take(agent: LightAgent, message: string, body: unknown): Promise<void> {
    if (message !== "order") return;
    const { envelope, channel } = body as OrderMessage;
    const arrivedMs = performance.now() - this.#beganAt;
    const at = Date.now();
    const named = { orderId: envelope.id, at };
    await Promise.all([
      agent.say("receipt", { ...named, channel }),
      agent.say("order-status", { ...named, state: "running" }),
      agent.say("order-status", { ...named, state: "succeeded" }),
    ]);
    this.#waiting.get(agent.agent.deviceId)?.({ arrivedMs, acknowledgedMs: performance.now() - this.#beganAt });
  }

  /** Sends one ping to a Mac. Only one order is out at a time. */
  async order(deviceId: string): Promise<OrderTimes> {
    const acknowledged = new Promise<Omit<OrderTimes, "acceptedMs">>((resolve) => this.#waiting.set(deviceId, resolve));
    this.#beganAt = performance.now();
    await this.#call("POST", `/devices/${deviceId}/orders`, { type: "ping" });
    const acceptedMs = performance.now() - this.#beganAt;
    const times = await acknowledged;
    this.#waiting.delete(deviceId);
    return { acceptedMs, ...times };
  }
}
