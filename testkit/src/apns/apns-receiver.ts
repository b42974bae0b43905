import { randomUUID } from "node:crypto";
import {
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { openPushAuthority, type PushAuthority, topicOfCertificate } from "./push-certificates.ts";
import { type PushRequest, readPush } from "./push-request.ts";
import { type ApnsReason, reasons } from "./reasons.ts";

/** Hands a push to a Mac; false when the magic was not its own or it sleeps. */
export type WakeMac = (pushMagic: string) => boolean;

/** What shall happen to the next push instead of the usual. */
export type ScriptedAnswer =
  | { readonly kind: "reason"; readonly reason: ApnsReason }
  /** The session ends with GOAWAY, with Apple's JSON reason where one is given; the push is not taken. */
  | { readonly kind: "goaway"; readonly reason?: ApnsReason }
  /** Taken, but answered late. */
  | { readonly kind: "slow"; readonly delayMs: number }
  /** The stream is reset without an answer. */
  | { readonly kind: "reset" }
  /** Taken, and never answered. */
  | { readonly kind: "silent" };

/** A push that came, and what was said. */
export interface ReceivedPush {
  readonly at: number;
  readonly request: PushRequest | undefined;
  readonly path: string;
  readonly status: number;
  readonly reason: ApnsReason | undefined;
  readonly apnsId: string;
}

/** A Mac's connection to the push service. */
export interface PushRegistration {
  /** The Mac is reachable again: a push that was kept for it is delivered. */
  reconnect(): void;
  /** Takes the token back; pushes to it are then answered 410. */
  unregister(): void;
}

/** The part of Apple's push service that a Mac needs: a registered token is woken. */
export interface PushNetwork {
  register(token: string, topic: string, wake: WakeMac): PushRegistration;
}

/** A receiver that speaks Apple's provider protocol over HTTP/2 and wakes virtual Macs. */
export interface ApnsReceiver extends PushNetwork {
  readonly url: string;
  readonly authority: PushAuthority;
  /** Newest last, the last thousand. */
  readonly pushes: readonly ReceivedPush[];
  /** The next pushes get these answers, in order. */
  script(...answers: readonly ScriptedAnswer[]): void;
  /** What was planned and has not come yet is forgotten. */
  unscript(): void;
  /** How often a connection was made, and the most pushes that were open on one at once. */
  readonly sessionCount: number;
  readonly mostAtOnce: number;
  /** Every session gets a GOAWAY, with Apple's JSON reason where one is given. */
  goAway(reason?: ApnsReason): void;
  /** Every connection is cut without a word. */
  cut(): void;
  /** Resolves at the next push to this token that was answered 200. */
  nextPush(token: string): Promise<ReceivedPush>;
  stop(): Promise<void>;
}

interface Registration {
  readonly topic: string;
  readonly wake: WakeMac;
  /** APNs keeps the newest push for a device that cannot be reached, until it expires. */
  kept: PushRequest | undefined;
}

const KEPT = 1000;

export async function startApnsReceiver(
  options: {
    readonly authority?: PushAuthority;
    readonly port?: number;
    /** How many pushes may be open at once on a session. Default 1000, as Apple's. */
    readonly maxConcurrentStreams?: number;
  } = {},
): Promise<ApnsReceiver> {
  const authority = options.authority ?? (await openPushAuthority());
  const registered = new Map<string, Registration>();
  const unregisteredAt = new Map<string, number>();
  const script: ScriptedAnswer[] = [];
  const pushes: ReceivedPush[] = [];
  const waiting = new Map<string, ((push: ReceivedPush) => void)[]>();
  const sessions = new Set<ServerHttp2Session>();
  const openStreams = new Map<object, number>();
  let sessionCount = 0;
  let mostAtOnce = 0;
  const server = createSecureServer({
    ...(await authority.serverIdentity()),
    ca: authority.rootPem,
    requestCert: true,
    rejectUnauthorized: true,
    ALPNProtocols: ["h2"],
    settings: { maxConcurrentStreams: options.maxConcurrentStreams ?? 1000 },
  });

  const keep = (push: ReceivedPush): void => {
    pushes.push(push);
    if (pushes.length > KEPT) pushes.shift();
    if (push.status !== 200 || push.request === undefined) return;
    for (const told of waiting.get(push.request.token) ?? []) told(push);
    waiting.delete(push.request.token);
  };

  const judge = (push: PushRequest): ApnsReason | undefined => {
    const registration = registered.get(push.token);
    if (registration === undefined) return unregisteredAt.has(push.token) ? "Unregistered" : "BadDeviceToken";
    return registration.topic === push.topic ? undefined : "DeviceTokenNotForTopic";
  };

  const handle = async (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> => {
    const apnsId = String(headers["apns-id"] ?? randomUUID()).toUpperCase();
    const socket = stream.session?.socket as TLSSocket | undefined;
    const der = socket?.getPeerCertificate().raw;
    const body = await readBounded(stream);
    const read = readPush(headers, body, der === undefined ? undefined : topicOfCertificate(der));
    const request = typeof read === "string" ? undefined : read;
    const planned = script.shift();
    if (planned?.kind === "goaway") return goAway(stream, planned.reason);
    if (planned?.kind === "reset") return stream.close(2);
    if (planned?.kind === "silent") return;
    if (planned?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, planned.delayMs));
    const reason = planned?.kind === "reason" ? planned.reason : typeof read === "string" ? read : judge(read);
    const status = reason === undefined ? 200 : reasons[reason];
    keep({ at: Date.now(), request, path: headers[":path"] ?? "", status, reason, apnsId });
    if (!stream.destroyed) {
      stream.respond({
        ":status": status,
        "apns-id": apnsId,
        ...(reason === undefined ? {} : { "content-type": "application/json" }),
      });
      const timestamp =
        reason === "Unregistered" && request !== undefined
          ? { timestamp: unregisteredAt.get(request.token) ?? Date.now() }
          : {};
      stream.end(reason === undefined ? undefined : JSON.stringify({ reason, ...timestamp }));
    }
    const registration = reason === undefined && request !== undefined ? registered.get(request.token) : undefined;
    if (registration !== undefined && request !== undefined)
      registration.kept = registration.wake(request.pushMagic) ? undefined : request;
  };

  server.on("session", (session) => {
    sessions.add(session);
    sessionCount += 1;
    session.on("close", () => {
      sessions.delete(session);
      openStreams.delete(session);
    });
    session.on("error", () => undefined);
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    const { session } = stream;
    if (session !== undefined) {
      const open = (openStreams.get(session) ?? 0) + 1;
      openStreams.set(session, open);
      mostAtOnce = Math.max(mostAtOnce, open);
      stream.on("close", () => openStreams.set(session, (openStreams.get(session) ?? 1) - 1));
    }
    handle(stream, headers).catch(() => stream.close(2));
  });
  server.on("sessionError", () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });

  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authority,
    pushes,
    unscript: () => void script.splice(0),
    get sessionCount() {
      return sessionCount;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    goAway: (reason) => {
      for (const session of sessions) session.goaway(0, undefined, detailOf(reason));
    },
    cut: () => {
      for (const session of sessions) session.destroy();
    },
    script: (...answers) => void script.push(...answers),
    nextPush: (token) =>
      new Promise((resolve) => {
        const key = token.toLowerCase();
        waiting.set(key, [...(waiting.get(key) ?? []), resolve]);
      }),
    register: (token, topic, wake) => {
      const key = token.toLowerCase();
      const registration: Registration = { topic, wake, kept: undefined };
      registered.set(key, registration);
      unregisteredAt.delete(key);
      return {
        reconnect: () => {
          const { kept } = registration;
          registration.kept = undefined;
          if (kept !== undefined && kept.expiration * 1000 > Date.now()) registration.wake(kept.pushMagic);
        },
        unregister: () => {
          if (registered.get(key) !== registration) return;
          registered.delete(key);
          unregisteredAt.set(key, Date.now());
        },
      };
    },
    stop: async () => {
      for (const session of sessions) session.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const detailOf = (reason: ApnsReason | undefined): Buffer | undefined =>
  reason === undefined ? undefined : Buffer.from(JSON.stringify({ reason }));

function goAway(stream: ServerHttp2Stream, reason: ApnsReason | undefined): void {
  // The last stream id that was taken is the one before this: the client may send this push again elsewhere.
  stream.session?.goaway(0, Math.max(0, (stream.id ?? 1) - 2), detailOf(reason));
  stream.close(7);
  stream.session?.close();
}

async function readBounded(stream: ServerHttp2Stream): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length <= 8192) pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
