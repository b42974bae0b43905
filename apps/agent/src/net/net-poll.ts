import { AGENT_PATHS, type CarriedMessage, type PollRequest } from "@pomona/agent-protocol";
import { createBackoff } from "../backoff.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import { isPollResponse } from "../protocol-check.ts";
import type { AgentStore } from "../store/agent-store.ts";
import type { Timings } from "../timings.ts";
import { batchOf, MAX_BATCH } from "./batch.ts";
import type { DeviceChannel } from "./post-json.ts";

export interface NetPollOptions {
  readonly channel: DeviceChannel;
  readonly store: AgentStore;
  readonly timings: Timings;
  readonly random: () => number;
  readonly log: Log;
  hello(): PollRequest["hello"];
  onMessages(messages: readonly CarriedMessage[]): void;
  /** The server does not accept the certificate (401, 403). */
  onRefused(): void;
  onOutcome(worked: boolean): void;
}

/** The safety net: HTTPS long polling. Standing while the wire is down, else once in a slow while and after a nudge. */
export interface NetPoll {
  /** `soon` false waits out the grace of the wire before it takes over. */
  setWire(up: boolean, soon: boolean): void;
  /** Asks once, and carries what waits. */
  ask(): void;
  /** Carries what is new in the spool, if the net is what carries now. */
  pump(): void;
  isStanding(): boolean;
  stop(): void;
}

function replaceRefused(store: AgentStore, ids: readonly number[], messages: readonly CarriedMessage[]): void {
  store.spool.remove(ids);
  for (const { lane, message, body } of messages) {
    const { output, ...rest } = body as { readonly output?: unknown };
    if (message !== "order-status" || typeof output !== "string" || output === "") continue;
    const shorter = JSON.stringify({ ...rest, output: "", outputTruncated: true });
    store.spool.add({ lane, message, body: shorter, class: "kept" });
  }
}

export function openNetPoll(options: NetPollOptions): NetPoll {
  const { channel, store, timings, random, log } = options;
  const backoff = createBackoff(timings.backoffMin, timings.backoffMax, random);
  const life = new AbortController();
  let wireUp = false;
  let standing = false;
  let loops = false;
  let grace: NodeJS.Timeout | undefined;
  let batchLimit = MAX_BATCH;
  let exchanging: Promise<boolean> | undefined;
  let askAgain = false;

  /** @returns whether the server took it; what it sent is handed on */
  const post = async (messages: readonly CarriedMessage[], waitSeconds: number): Promise<number | "failed"> => {
    const request: PollRequest = { hello: options.hello(), waitSeconds, messages: [...messages] };
    const body = JSON.stringify(request);
    const timeout = waitSeconds * 1000 + timings.connectTimeout;
    const answer = await channel.post(AGENT_PATHS.poll, body, timeout, life.signal).catch((error: Error) => error);
    if (life.signal.aborted) return "failed";
    const worked = !(answer instanceof Error) && answer.status === 200 && isPollResponse(answer.body);
    options.onOutcome(worked);
    if (answer instanceof Error) {
      log.info("net.unreachable", { reason: answer.message });
      return "failed";
    }
    if (answer.status === 401 || answer.status === 403) options.onRefused();
    if (!worked) return answer.status === 200 ? "failed" : answer.status;
    if (isPollResponse(answer.body)) options.onMessages(answer.body.messages);
    return 200;
  };
  /** Carries what waits until nothing does, then asks at least once. */
  const exchange = async (): Promise<boolean> => {
    do {
      askAgain = false;
      const { ids, messages } = batchOf(store.spool.peek(batchLimit));
      const status = await post(messages, 0);
      if (status === 200) {
        batchLimit = MAX_BATCH;
        if (ids.length > 0) store.together(() => store.spool.remove(ids));
      } else if (ids.length > 0 && (status === 400 || status === 413 || status === 422)) {
        // One message that the server will never take must not hold back the others; an order's end is told without its output.
        if (ids.length === 1) store.together(() => replaceRefused(store, ids, messages));
        log.warn("net.message-refused", { status, messages: ids.length });
        batchLimit = 1;
      } else return false;
    } while (!life.signal.aborted && (askAgain || (!wireUp && store.spool.count() > 0)));
    return true;
  };
  const exchangeOnce = (): Promise<boolean> => {
    exchanging ??= exchange().finally(() => {
      exchanging = undefined;
    });
    return exchanging;
  };
  const stand = async () => {
    if (loops) return;
    loops = true;
    while (standing && !life.signal.aborted) {
      const worked = store.spool.count() === 0 || (await exchangeOnce());
      const started = performance.now();
      const status = worked && standing ? await post([], Math.floor(timings.netHold / 1000)) : "failed";
      if (status === 200) {
        backoff.reset();
        // A server that does not hold the request must not be asked in a tight loop.
        if (performance.now() - started < 100) await pause(100, life.signal);
      } else if (standing) await pause(backoff.next(), life.signal);
    }
    loops = false;
  };
  const standUp = () => {
    grace = undefined;
    if (wireUp || standing || life.signal.aborted) return;
    standing = true;
    log.info("net.standing");
    void stand();
  };
  const rhythm = setInterval(() => void exchangeOnce(), timings.netEvery * (0.9 + 0.2 * random())).unref();
  return {
    setWire(up, soon) {
      wireUp = up;
      if (up) {
        clearTimeout(grace);
        grace = undefined;
        standing = false;
      } else if (soon) {
        clearTimeout(grace);
        standUp();
      } else grace ??= setTimeout(standUp, timings.wireGrace);
    },
    ask() {
      // A request that is on its way may have been answered before the reason to ask came up.
      askAgain = exchanging !== undefined;
      void exchangeOnce();
    },
    pump() {
      if (standing) void exchangeOnce();
    },
    isStanding: () => standing,
    stop() {
      standing = false;
      clearTimeout(grace);
      clearInterval(rhythm);
      life.abort();
      channel.close();
    },
  };
}
