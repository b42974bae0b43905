import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import { isIP } from "node:net";
import { connect as tlsConnect } from "node:tls";
import type { PushCredentials, PushNotification, PushResult, PushSession } from "../../features/push/index.ts";
import { errorCode, readAnswer, readGoAway } from "./apns-answer.ts";

export interface ApnsOptions {
  /** `https://api.push.apple.com`, or a stand-in. */
  readonly url: string;
  /** PEM of that endpoint's root, when it is not a public one. */
  readonly ca?: string;
  /** How long one attempt may take, in ms. Default 10,000. */
  readonly timeoutMs?: number;
  /** The longest pause before a retry, in ms; half of it at random. Default 1000. */
  readonly retryMs?: number;
  /** How often a quiet connection is asked whether it still lives, in ms. Default 60,000. */
  readonly pingMs?: number;
}

/** Never more at once, whatever Apple allows. */
const MOST_AT_ONCE = 1000;

/**
 * One long-lived connection of a topic (RFC 9113). It opens no more streams than the peer allows, asks with PING whether a
 * quiet peer still lives, and is over after GOAWAY, a fault or a missed PING: the next push then gets another.
 */
export class ApnsSession {
  readonly certificate: string;
  readonly notAfter: number;
  readonly #options: ApnsOptions;
  readonly #session: ClientHttp2Session;
  readonly #waiting: (() => void)[] = [];
  readonly #ping: NodeJS.Timeout;
  #open = 0;
  #mostAtOnce: number | null = null;
  #connectedSince: number | null = null;
  #isOver = false;
  /** Why it ended: a stream that died with it says so. */
  #endedBy: string | undefined;
  lastGoAway: PushSession["lastGoAway"] = null;
  lastFault: PushSession["lastFault"] = null;

  /** @throws Error when certificate and key cannot be used */
  constructor(options: ApnsOptions, credentials: PushCredentials) {
    this.#options = options;
    this.certificate = credentials.certificate;
    this.notAfter = credentials.notAfter;
    const { url, ca } = options;
    const { hostname, port } = new URL(url);
    const host = hostname.replace(/^\[(.*)\]$/, "$1");
    const socket = tlsConnect({
      host,
      port: port === "" ? 443 : Number(port),
      ALPNProtocols: ["h2"],
      cert: credentials.certificate,
      key: credentials.key,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca }),
    });
    // With TLS 1.3 the certificate is refused after the handshake is over for us: an alert that the HTTP/2 session does
    // not pass on while nothing is written.
    socket.on("error", (error) => {
      this.#fault(errorCode(error));
      this.#session.destroy();
    });
    const session = connect(url, { createConnection: () => socket });
    this.#session = session;
    session.on("connect", () => {
      this.#connectedSince = Date.now();
    });
    session.on("remoteSettings", (settings) => {
      // Whoever waited for the peer's word may go now; Apple allows one at first and more once it knows the certificate.
      this.#mostAtOnce = Math.min(settings.maxConcurrentStreams ?? MOST_AT_ONCE, MOST_AT_ONCE);
      this.#admit();
    });
    session.on("error", (error) => this.#fault(errorCode(error)));
    session.on("goaway", (code, _last, data) => this.#goAway(readGoAway(data) ?? `GOAWAY ${code}`));
    session.on("close", () => {
      this.#end("connection closed");
      socket.destroy();
    });
    this.#ping = setInterval(() => this.#askAlive(), options.pingMs ?? 60_000).unref();
    // A waiting push keeps the process up by its own timer; an idle connection must not.
    session.unref();
  }

  /** Whether a push may still be given to it. */
  get isUsable(): boolean {
    return !this.#isOver && !this.#session.closed && !this.#session.destroyed;
  }

  /** Whether anything is still under way; an old session lives so long. */
  get state(): PushSession {
    const isUp = this.isUsable && this.#connectedSince !== null;
    return {
      state: isUp ? "connected" : this.isUsable ? "connecting" : "none",
      connectedSince: isUp ? this.#connectedSince : null,
      openPushes: this.#open,
      mostAtOnce: isUp ? this.#mostAtOnce : null,
      lastGoAway: this.lastGoAway,
      lastFault: this.lastFault,
    };
  }

  /** One attempt. Status 0: not asked or not answered, `reason` says why. */
  async push(notification: PushNotification): Promise<PushResult> {
    const timeoutMs = this.#options.timeoutMs ?? 10_000;
    if (!(await this.#turn(timeoutMs))) {
      const reason = this.#endedBy ?? "timeout";
      if (reason === "timeout") this.#fault(reason);
      return { status: 0, reason, apnsId: null };
    }
    try {
      return await this.#request(notification, timeoutMs);
    } finally {
      this.#open -= 1;
      this.#admit();
    }
  }

  /** Ends it; pushes under way are still answered. */
  close(): void {
    this.#end("connection closed");
  }

  destroy(): void {
    this.#end("connection closed");
    this.#session.destroy();
  }

  /** A place among the streams that the peer allows; false when none came free in time. */
  async #turn(timeoutMs: number): Promise<boolean> {
    const hasRoom = () => this.#mostAtOnce !== null && this.#open < this.#mostAtOnce;
    if (!hasRoom()) {
      let timer: NodeJS.Timeout | undefined;
      const came = await new Promise<boolean>((resolve) => {
        const admit = () => resolve(true);
        this.#waiting.push(admit);
        timer = setTimeout(() => {
          const at = this.#waiting.indexOf(admit);
          if (at >= 0) this.#waiting.splice(at, 1);
          resolve(false);
        }, timeoutMs);
      });
      clearTimeout(timer);
      if (came && this.isUsable) return true;
      if (came) this.#open -= 1;
      return false;
    }
    if (!this.isUsable) return false;
    this.#open += 1;
    return true;
  }

  /** Gives free places to those who wait; each is counted before it runs. */
  #admit(): void {
    while (this.#waiting.length > 0 && (this.#isOver || this.#open < (this.#mostAtOnce ?? 0))) {
      this.#open += 1;
      this.#waiting.shift()!();
    }
  }

  #request({ credentials, pushToken, pushMagic, expiration }: PushNotification, timeoutMs: number) {
    return new Promise<PushResult>((resolve) => {
      const answer = { status: 0, apnsId: null as string | null, body: "" };
      const fail = (reason: string) => resolve({ status: 0, reason: this.#endedBy ?? reason, apnsId: answer.apnsId });
      let stream: ClientHttp2Stream;
      try {
        stream = this.#session.request({
          [constants.HTTP2_HEADER_METHOD]: "POST",
          [constants.HTTP2_HEADER_PATH]: `/3/device/${Buffer.from(pushToken).toString("hex")}`,
          "apns-topic": credentials.topic,
          "apns-push-type": "mdm",
          "apns-priority": "10",
          "apns-expiration": String(expiration),
        });
      } catch (error) {
        return fail(errorCode(error));
      }
      // A timer of our own: the stream's counts from its last byte, so a slow trickle would hold the place for ever.
      const timer = setTimeout(() => {
        this.#fault("timeout");
        stream.destroy();
        fail("timeout");
      }, timeoutMs);
      stream.on("response", (headers) => {
        answer.status = headers[":status"] ?? 0;
        const id = headers["apns-id"];
        answer.apnsId = typeof id === "string" ? id : null;
      });
      stream.setEncoding("utf8");
      stream.on("data", (chunk: string) => {
        if (answer.body.length < 10_000) answer.body += chunk;
      });
      stream.on("end", () => {
        if (answer.status !== 0) resolve(readAnswer(answer.status, answer.apnsId, answer.body));
      });
      stream.on("error", (error) => fail(errorCode(error)));
      stream.on("close", () => {
        clearTimeout(timer);
        fail("connection closed");
      });
      stream.end(JSON.stringify({ mdm: pushMagic }));
    });
  }

  /** A peer that vanished without a word is noticed here, and not by the push that matters. */
  #askAlive(): void {
    if (!this.isUsable || this.#connectedSince === null) return;
    const missed = setTimeout(() => {
      this.#fault("timeout");
      this.#session.destroy();
    }, this.#options.timeoutMs ?? 10_000).unref();
    const wasSent = this.#session.ping((error) => {
      clearTimeout(missed);
      if (error !== null) this.#fault(errorCode(error));
    });
    if (!wasSent) clearTimeout(missed);
  }

  #goAway(reason: string): void {
    // The peer's own closing follows as a second GOAWAY, without a reason.
    if (!this.#isOver) this.lastGoAway = { at: Date.now(), reason };
    this.#end(reason);
  }

  #fault(reason: string): void {
    // After a GOAWAY the fault that follows is only its echo.
    if (this.#endedBy === undefined) this.lastFault = { at: Date.now(), reason };
    this.#end(reason);
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endedBy = reason;
    clearInterval(this.#ping);
    this.#admit();
    if (!this.#session.closed) this.#session.close();
  }
}
