import { setTimeout as pause } from "node:timers/promises";
import { AGENT_PATHS, EnrollRequest, PollRequest, RenewRequest } from "@pomona/agent-protocol";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { type AgentDoor, type AgentsFeature, MessageRate } from "../../features/agents/index.ts";
import { PomonaError } from "../../kernel/errors.ts";
import type { HttpRequest, HttpResponse, HttpRoute, Log } from "../../kernel/feature.ts";

/** A poll may carry one finished order with all its output, and the agent keeps the rest below 1 MiB. */
const POLL_BYTES = 5 * 1_048_576;
const ENROLL_BYTES = 16_384;
/** Polls of one Mac; it needs one at a time, and a few more while it carries what it kept. */
const POLL_RATE = { perSecond: 20, burst: 100 };

/** The safety net on the device channel: the agent's first trust, and long polling for networks that let no MQTT through. */
export function agentRoutes(
  agents: Pick<AgentsFeature, "enroll" | "poll" | "renew"> & { readonly door: Pick<AgentDoor, "identify"> },
  log: Log,
): readonly HttpRoute[] {
  const readEnroll = parserOf(EnrollRequest);
  const readPoll = parserOf(PollRequest);
  const readRenew = parserOf(RenewRequest);
  const rates = new Map<string, MessageRate>();
  /** Only Macs with a valid certificate get here, so there are no more rates than Macs. */
  const waitFor = (deviceId: string): number => {
    const now = performance.now();
    let rate = rates.get(deviceId);
    if (rate === undefined) rates.set(deviceId, (rate = new MessageRate(POLL_RATE, now)));
    return rate.take(now);
  };
  return [
    {
      door: "device",
      method: "POST",
      path: AGENT_PATHS.enroll,
      maxBodyBytes: ENROLL_BYTES,
      handle: (request) =>
        answering(log, async () => {
          const body = readEnroll(request.body);
          return body === undefined ? UNREADABLE : json(200, await agents.enroll(body as EnrollRequest));
        }),
    },
    {
      door: "device",
      method: "POST",
      path: AGENT_PATHS.renew,
      maxBodyBytes: ENROLL_BYTES,
      handle: (request) =>
        answering(log, async () => {
          const from = await identityOf(agents.door, request);
          if (from === undefined) return NOT_KNOWN;
          const wait = waitFor(from.deviceId);
          if (wait > 0) await pause(wait);
          const body = readRenew(request.body);
          return body === undefined ? UNREADABLE : json(200, await agents.renew(from, body as RenewRequest));
        }),
    },
    {
      door: "device",
      method: "POST",
      path: AGENT_PATHS.poll,
      maxBodyBytes: POLL_BYTES,
      handle: (request) =>
        answering(log, async () => {
          const from = await identityOf(agents.door, request);
          if (from === undefined) return NOT_KNOWN;
          const wait = waitFor(from.deviceId);
          if (wait > 0) await pause(wait);
          const body = readPoll(request.body);
          return body === undefined
            ? UNREADABLE
            : json(200, await agents.poll(from, body as PollRequest, request.signal));
        }),
    },
  ];
}

const identityOf = (door: Pick<AgentDoor, "identify">, { peerCertificate }: HttpRequest) =>
  peerCertificate === undefined ? undefined : door.identify(peerCertificate);

const json = (status: number, body: unknown): HttpResponse => ({
  status,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify(body),
});
const UNREADABLE = json(400, { code: "agent.request-invalid" });
/** Never 401 on the device channel: Apple's client takes it for an order to unenroll. */
const NOT_KNOWN = json(403, { code: "agent.certificate-refused" });

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parserOf(schema: TSchema): (bytes: Uint8Array) => unknown {
  const checker = Compile(schema);
  return (bytes) => {
    try {
      const value = JSON.parse(utf8.decode(bytes)) as unknown;
      return checker.Check(value) ? value : undefined;
    } catch {
      return undefined;
    }
  };
}

/** Agents read the status: 4xx is about what they sent, 5xx means later. */
async function answering(log: Log, work: () => Promise<HttpResponse>): Promise<HttpResponse> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PomonaError && error.kind !== "unavailable")
      return json(error.kind === "invalid" ? 400 : 403, { code: error.code });
    log.error("agent-http.failed", { error: String(error) });
    return json(503, { code: "agent.later" });
  }
}
