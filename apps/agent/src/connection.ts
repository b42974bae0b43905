import type { AgentSettings, HelloMessage, Lane } from "@pomona/agent-protocol";
import type { AgentStatus } from "./agent-options.ts";
import { createBackoff } from "./backoff.ts";
import { type Channels, type ChannelsOptions, openChannels } from "./channels.ts";
import {
  type AgentIdentity,
  expiryOf,
  hashToken,
  isAgeing,
  loadIdentity,
  saveIdentity,
} from "./identity/agent-identity.ts";
import { enroll, isRefusedToken } from "./identity/enroll.ts";
import { renew } from "./identity/renew.ts";
import type { Log } from "./log.ts";
import type { MacIdentity, MacTools } from "./mac/mac-tools.ts";
import { pause } from "./pause.ts";
import type { SettingsSource } from "./settings/settings-source.ts";
import type { AgentStore } from "./store/agent-store.ts";
import type { Timings } from "./timings.ts";

export interface ConnectionOptions {
  readonly settings: SettingsSource;
  readonly store: AgentStore;
  readonly mac: MacTools;
  readonly version: string;
  readonly timings: Timings;
  readonly random: () => number;
  readonly now: () => number;
  readonly log: Log;
  hello(me: MacIdentity): HelloMessage;
  readonly onMessage: ChannelsOptions["onMessage"];
  /** The Mac was given to another tenant or another device row: nothing of the old one may reach the new one. */
  onNewOwner(): void;
}

/** From settings to an identity to open channels, and again whenever the settings change. */
export interface Connection {
  start(): void;
  stop(): Promise<void>;
  pump(lane: Lane): void;
  pass(message: string, body: unknown): void;
  identity(): AgentIdentity | undefined;
  status(): Pick<AgentStatus, "identity" | "wire" | "net">;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { settings: source, store, mac, timings, random, now, log } = options;
  const life = new AbortController();
  const backoff = () => createBackoff(timings.backoffMin, timings.backoffMax, random);
  let unwatch = () => {};
  let work = Promise.resolve();
  let attempt: AbortController | undefined;
  let state: AgentStatus["identity"] = "none";
  let identity: AgentIdentity | undefined;
  let channels: Channels | undefined;
  let openFor = "";
  let nudge: string | undefined;
  let refused = false;
  let askedToRenew = Number.NEGATIVE_INFINITY;
  let ageing: NodeJS.Timeout | undefined;
  let me: Promise<MacIdentity | undefined> | undefined;

  const ending = new Promise<undefined>((resolve) => {
    life.signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const whoAmI = async (): Promise<MacIdentity | undefined> => {
    const wait = backoff();
    while (!life.signal.aborted) {
      try {
        return await Promise.race([mac.identity(), ending]);
      } catch (error) {
        log.warn("mac.identity-unread", { reason: error instanceof Error ? error.message : "unknown" });
        await pause(wait.next(), life.signal);
      }
    }
    return undefined;
  };
  const close = async () => {
    const old = channels;
    channels = undefined;
    openFor = "";
    await old?.stop();
  };
  const isUsable = (held: AgentIdentity | undefined, settings: AgentSettings): held is AgentIdentity => {
    if (held === undefined || !isSameOwner(held, settings)) return false;
    const token = settings.EnrollmentToken;
    const isFresh = token !== undefined && hashToken(token) !== held.tokenHash && !isRefusedToken(store.files, token);
    return !isFresh || (!refused && expiryOf(held) > now());
  };
  const becomeEnrolled = async (settings: AgentSettings, serialNumber: string): Promise<AgentIdentity | undefined> => {
    const held = loadIdentity(store.files);
    if (isUsable(held, settings)) return held;
    await close();
    identity = undefined;
    state = "enrolling";
    attempt = new AbortController();
    const signal = AbortSignal.any([attempt.signal, life.signal]);
    const { version } = options;
    const fresh = await enroll({
      files: store.files,
      settings,
      serialNumber,
      version,
      backoff: backoff(),
      signal,
      log,
    });
    if (fresh !== undefined && held !== undefined && !isSameOwner(held, settings)) options.onNewOwner();
    if (fresh === undefined && !signal.aborted && held !== undefined && isSameOwner(held, settings)) return held;
    return fresh;
  };
  const follow = async () => {
    const settings = source.read();
    if (settings === undefined || life.signal.aborted) return;
    me ??= whoAmI();
    const self = await me;
    if (self === undefined || life.signal.aborted) return;
    const target = JSON.stringify([
      settings.ServerURL,
      settings.BrokerURL,
      settings.TenantID,
      settings.DeviceID,
      settings.Roots,
    ]);
    if (channels !== undefined && target === openFor && isUsable(identity, settings) && !(await isRenewed(settings))) {
      if (settings.Nudge !== nudge) wake(channels, settings.Nudge);
      return;
    }
    const enrolled = await becomeEnrolled(settings, self.serialNumber);
    if (life.signal.aborted) return;
    if (enrolled === undefined) {
      state = "waitingForToken";
      return;
    }
    await close();
    identity = enrolled;
    state = "enrolled";
    refused = false;
    openFor = target;
    channels = openChannels({
      settings,
      identity: enrolled,
      store,
      timings,
      random,
      log,
      hello: () => options.hello(self),
      onMessage: options.onMessage,
      onRefused() {
        if (!refused) log.warn("identity.refused-by-server");
        refused = true;
        follows();
      },
    });
    clearInterval(ageing);
    ageing = setInterval(follows, timings.renewEvery).unref();
    if (isAgeing(enrolled, now())) follows();
    const before = nudge ?? readNudge(store);
    if (before !== undefined && before !== settings.Nudge) wake(channels, settings.Nudge);
    else keepNudge(settings.Nudge);
  };
  /** Tells whether a new certificate took the place of the one in use; then the channels have to be opened anew. */
  const isRenewed = async (settings: AgentSettings): Promise<boolean> => {
    if (identity === undefined || expiryOf(identity) <= now() || !isAgeing(identity, now())) return false;
    if (askedToRenew > now() - timings.renewEvery / 2) return false;
    askedToRenew = now();
    const fresh = await renew(identity, settings, log, life.signal);
    if (fresh === undefined || life.signal.aborted) return false;
    saveIdentity(store.files, fresh);
    log.info("identity.renewed", { deviceId: fresh.deviceId });
    return true;
  };
  const wake = (open: Channels, value: string) => {
    log.info("connection.nudged");
    keepNudge(value);
    open.wake();
  };
  /** Remembered over restarts, so that an agent that a nudge started knows why. */
  const keepNudge = (value: string) => {
    if (nudge === value) return;
    nudge = value;
    if (readNudge(store) !== value) store.files.write("wake.json", JSON.stringify({ nudge: value }));
  };
  const follows = () => {
    work = work
      .then(follow)
      .catch((error: unknown) =>
        log.warn("connection.failed", { reason: error instanceof Error ? error.message : "" }),
      );
  };
  return {
    start() {
      unwatch = source.watch(() => {
        attempt?.abort();
        follows();
      });
      follows();
    },
    async stop() {
      unwatch();
      clearInterval(ageing);
      life.abort();
      await work;
      await close();
    },
    pump: (lane) => channels?.pump(lane),
    pass: (message, body) => channels?.pass(message, body),
    identity: () => identity,
    status: () => ({ identity: state, wire: channels?.wire() ?? "down", net: channels?.net() ?? "idle" }),
  };
}

const isSameOwner = (identity: AgentIdentity, settings: AgentSettings) =>
  identity.tenantId === settings.TenantID && identity.deviceId === settings.DeviceID;

function readNudge(store: AgentStore): string | undefined {
  try {
    const value = JSON.parse(store.files.read("wake.json") ?? "null") as { nudge?: unknown } | null;
    return typeof value?.nudge === "string" ? value.nudge : undefined;
  } catch {
    return undefined;
  }
}
