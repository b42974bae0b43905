import type { EventsMessage, Lane, LiveData, OrderOutputMessage } from "@pomona/agent-protocol";
import type { Kernel } from "../../kernel/feature.ts";
import { deviceScope } from "../../kernel/scope.ts";
import { keepQuarantinedMessage, type SeenTimes } from "../devices/index.ts";
import type { Authority } from "../tenants/index.ts";
import type { LiveSessions } from "./live-sessions.ts";
import type { AgentDoor, AgentIdentity, MessageContext, MessageHandlers, WireEnd } from "./ports.ts";
import type { PresenceBook } from "./presence.ts";
import { checkMessage, type ReadMessage, readMessage } from "./read-message.ts";
import type { FirstUses } from "./renew-agent.ts";
import { TelemetryQueue } from "./telemetry-queue.ts";

export interface IntakeParts {
  readonly kernel: Kernel;
  readonly authority: Authority;
  readonly seen: SeenTimes;
  readonly presence: PresenceBook;
  readonly sessions: LiveSessions;
  readonly handlers: () => MessageHandlers;
  readonly firstUses: FirstUses;
}

/** Where every word of every agent arrives, whichever way it took. */
export class Intake implements AgentDoor {
  readonly #parts: IntakeParts;
  readonly #telemetry: TelemetryQueue;
  readonly counted = { events: 0, shedByMacs: 0, quarantined: 0 };

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#telemetry = new TelemetryQueue(parts.kernel.store);
  }

  async identify(certificate: Uint8Array): Promise<AgentIdentity | undefined> {
    const found = await this.#parts.authority.identify(certificate, this.#parts.kernel.clock.now());
    if (found.status !== "valid" || found.certificate.role !== "agent") return undefined;
    const { tenantId, deviceId } = found.certificate;
    if (deviceId === null) return undefined;
    await this.#parts.firstUses.note(found.certificate, { tenantId, deviceId });
    return { tenantId, deviceId };
  }

  opened(from: AgentIdentity, lane: Lane): void {
    if (lane === "control") this.#parts.presence.wireOpened(from.deviceId);
  }

  closed(from: AgentIdentity, lane: Lane, end: WireEnd): void {
    if (lane === "control") this.#parts.presence.wireEnded(from, end);
  }

  receive(from: AgentIdentity, lane: Lane, message: string, bytes: Uint8Array): Promise<void> {
    return this.#take(from, lane, message, readMessage(lane, message, bytes), () => bytes, "wire");
  }

  /** A message that came over HTTPS, parsed already. */
  receiveCarried(from: AgentIdentity, lane: Lane, message: string, body: unknown): Promise<void> {
    const bytes = () => Buffer.from(JSON.stringify(body) ?? "", "utf8");
    return this.#take(from, lane, message, checkMessage(lane, message, body), bytes, "net");
  }

  /** Lets what was taken be committed. */
  stop(): Promise<void> {
    return this.#telemetry.settle();
  }

  async #take(
    from: AgentIdentity,
    lane: Lane,
    message: string,
    read: ReadMessage,
    bytes: () => Uint8Array,
    channel: MessageContext["channel"],
  ): Promise<void> {
    const { kernel, seen, handlers } = this.#parts;
    seen.note(from.tenantId, from.deviceId, "agent", kernel.clock.now());
    if (!read.isReadable) return this.#quarantine(from, lane, message, read.reason, bytes());
    if (lane === "live") return this.#live(from, message, read.body);
    if (this.#passes(from, lane, message, read.body)) return;
    const handle = handlers()[`${lane}/${message}`];
    if (handle === undefined) return this.#quarantine(from, lane, message, "Nobody takes this message.", bytes());
    const context: MessageContext = { ...from, channel };
    const scope = deviceScope(from.tenantId, from.deviceId);
    const work = (tx: Parameters<typeof handle>[0]) => handle(tx, context, read.body as never);
    try {
      await (lane === "telemetry" ? this.#telemetry.add(scope, work) : kernel.store.write(scope, work));
    } catch (error) {
      kernel.log.error("agents.message-failed", { subject: `${lane}/${message}`, error: String(error) });
      // If this works the store is well, and it was the message: sent again it would fail again.
      await this.#quarantine(from, lane, message, "It could not be taken.", bytes());
    }
  }

  /** What is shown or counted and not kept. */
  #passes(from: AgentIdentity, lane: Lane, message: string, body: unknown): boolean {
    if (lane !== "telemetry") return false;
    if (message === "order-output") {
      const { orderId, seq, stream, text } = body as OrderOutputMessage;
      this.#parts.kernel.live.publish({ type: "order.output", ...from, data: { orderId, seq, stream, text } });
      return true;
    }
    if (message !== "events") return false;
    const { events, shed } = body as EventsMessage;
    this.counted.events += events.length;
    this.counted.shedByMacs += shed;
    return true;
  }

  #live(from: AgentIdentity, message: string, body: unknown): void {
    if (message === "ready") this.#parts.sessions.onReady(from, (body as { sessionId: string }).sessionId);
    else this.#parts.sessions.onData(from, body as LiveData);
  }

  async #quarantine(
    from: AgentIdentity,
    lane: Lane,
    message: string,
    reason: string,
    bytes: Uint8Array,
  ): Promise<void> {
    const { kernel } = this.#parts;
    this.counted.quarantined += 1;
    await kernel.store.write(deviceScope(from.tenantId, from.deviceId), (tx) =>
      keepQuarantinedMessage(tx, kernel.vault, {
        channel: "agent",
        deviceId: from.deviceId,
        subject: `${lane}/${message}`,
        reason,
        bytes,
      }),
    );
  }
}
