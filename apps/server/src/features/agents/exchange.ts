import type { CarriedMessage, PollRequest, PollResponse } from "@pomona/agent-protocol";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { readDevice } from "../devices/index.ts";
import type { AgentWaker } from "./agent-waker.ts";
import type { DesiredCourier } from "./desired-courier.ts";
import type { Intake } from "./intake.ts";
import type { NetPolls } from "./net-polls.ts";
import type { OrderCourier } from "./order-courier.ts";
import type { AgentIdentity } from "./ports.ts";
import type { PresenceBook } from "./presence.ts";

export interface ExchangeParts {
  readonly kernel: Kernel;
  readonly intake: Intake;
  readonly polls: NetPolls;
  readonly presence: PresenceBook;
  readonly orders: OrderCourier;
  readonly desired: DesiredCourier;
  readonly waker: AgentWaker;
}

/** One poll of the safety net: takes what it brings, then answers with work, now or when there is some. */
export async function exchange(
  parts: ExchangeParts,
  from: AgentIdentity,
  request: PollRequest,
  signal: AbortSignal,
): Promise<PollResponse> {
  const { intake, polls, presence, kernel } = parts;
  const held = request.waitSeconds > 0 ? polls.hold(from.deviceId, signal) : undefined;
  if (held !== undefined) presence.pollBegan(from.deviceId);
  try {
    await intake.receiveCarried(from, "control", "hello", request.hello);
    // In order: a receipt comes before what came of its order.
    for (const { lane, message, body } of request.messages) await intake.receiveCarried(from, lane, message, body);
    const until = kernel.clock.now() + request.waitSeconds * 1000;
    for (;;) {
      const messages = await work(parts, from, request.hello);
      const left = until - kernel.clock.now();
      if (messages.length > 0 || held === undefined || left <= 0) return { messages };
      if ((await held.wait(left)) === "over") return { messages: [] };
    }
  } finally {
    held?.end();
    if (held !== undefined) presence.pollEnded(from);
  }
}

async function work(
  { kernel, orders, desired, waker }: ExchangeParts,
  from: AgentIdentity,
  hello: PollRequest["hello"],
): Promise<CarriedMessage[]> {
  const device = await kernel.store.read(systemScope(from.tenantId, "agents"), (tx) => readDevice(tx, from.deviceId));
  if (device === undefined || device.quarantine !== null) return [];
  const way = hello.startedBy === "wake" && waker.wasWoken(from.deviceId) ? "wake" : "net";
  const carry = (message: string) => (body: unknown) => ({ lane: "control" as const, message, body });
  return [
    ...(await orders.collectForNet(from, way)).map(carry("order")),
    ...(await desired.collect(from, hello.desiredToken)).map(carry("desired")),
  ];
}
