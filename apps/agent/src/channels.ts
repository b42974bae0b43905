import { type AgentSettings, type CarriedMessage, down, type HelloMessage, type Lane } from "@pomona/agent-protocol";
import type { AgentIdentity } from "./identity/agent-identity.ts";
import { type ControlLane, openControlLane } from "./lanes/control-lane.ts";
import { openLiveLane } from "./lanes/live-lane.ts";
import type { LaneDoor } from "./lanes/mqtt-lane.ts";
import { openTelemetryLane } from "./lanes/telemetry-lane.ts";
import type { Log } from "./log.ts";
import { openNetPoll } from "./net/net-poll.ts";
import { openDeviceChannel } from "./net/post-json.ts";
import { createServerTrust } from "./net/server-trust.ts";
import { fits, messageSchema } from "./protocol-check.ts";
import type { AgentStore } from "./store/agent-store.ts";
import type { Timings } from "./timings.ts";

export interface ChannelsOptions {
  readonly settings: AgentSettings;
  readonly identity: AgentIdentity;
  readonly store: AgentStore;
  readonly timings: Timings;
  readonly random: () => number;
  readonly log: Log;
  hello(): HelloMessage;
  /** A message of the control lane from the server, by whatever way; its shape is checked. */
  onMessage(message: keyof typeof down.control, body: unknown): void;
  onRefused(): void;
}

/** All ways to the server under one identity: the wire's three lanes and the safety net. */
export interface Channels {
  wire(): "down" | "connecting" | "up";
  net(): "idle" | "standing";
  /** Sends what is new in the spool, by whatever way is open. */
  pump(lane: Lane): void;
  /** Live output: sent now or never. */
  pass(message: string, body: unknown): void;
  /** After a nudge: connect, poll, and make sure that the wire is alive. */
  wake(): void;
  stop(): Promise<void>;
}

/** @throws when the settings' roots or the identity cannot be used for TLS */
export function openChannels(options: ChannelsOptions): Channels {
  const { settings, identity, store, timings, random, log } = options;
  const trust = createServerTrust(settings.Roots, identity);
  const door: LaneDoor = {
    brokerUrl: settings.BrokerURL,
    trust,
    tenantId: identity.tenantId,
    deviceId: identity.deviceId,
    connectTimeout: timings.connectTimeout,
  };
  const seen: { wire?: boolean; wake?: boolean; net?: boolean } = {};
  let woken = false;
  const hello = (): HelloMessage => ({
    ...options.hello(),
    channels: { ...seen },
    ...(woken ? { startedBy: "wake" } : {}),
  });
  const receive = (message: string, body: unknown) => {
    const schema = messageSchema("down", "control", message);
    if (schema === undefined || !fits(schema, body)) return log.warn("channels.message-refused", { message });
    if (message === "live-request" && fits(down.control["live-request"], body)) return live.request(body);
    try {
      options.onMessage(message as keyof typeof down.control, body);
    } catch (error) {
      // A full disk, say: nothing was done and no receipt is given, so the server will send it again.
      log.warn("channels.message-failed", { message, reason: error instanceof Error ? error.message : "unknown" });
    }
  };
  const live = openLiveLane(door, timings);
  const telemetry = openTelemetryLane({ door, store, timings, random });
  const net = openNetPoll({
    channel: openDeviceChannel(settings.ServerURL, trust),
    store,
    timings,
    random,
    log,
    hello,
    onMessages: (messages) => carryOut(messages, receive),
    onRefused: options.onRefused,
    onOutcome(worked) {
      seen.net = worked;
      if (!worked) return;
      woken = false;
      delete seen.wake;
    },
  });
  const control: ControlLane = openControlLane({
    door,
    store,
    timings,
    random,
    log,
    hello: () => JSON.stringify(hello()),
    onMessage: (message, body) => receive(message, parse(body)),
    onUp() {
      seen.wire = true;
      net.setWire(true, false);
      telemetry.setWire(true);
    },
    onDown() {
      seen.wire = false;
      telemetry.setWire(false);
      net.setWire(false, true);
    },
  });
  net.setWire(false, false);
  return {
    wire: () => (control.isUp() ? "up" : "connecting"),
    net: () => (net.isStanding() ? "standing" : "idle"),
    pump(lane) {
      if (!control.isUp()) return net.pump();
      if (lane === "telemetry") telemetry.pump();
      else control.pump();
    },
    pass: (message, body) => telemetry.pass(message, JSON.stringify(body)),
    wake() {
      woken = true;
      seen.wake = true;
      control.wake();
      net.ask();
    },
    async stop() {
      net.stop();
      await Promise.all([live.stop(), telemetry.stop(), control.stop()]);
    },
  };
}

function carryOut(messages: readonly CarriedMessage[], receive: (message: string, body: unknown) => void): void {
  for (const { lane, message, body } of messages) if (lane === "control") receive(message, body);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}
