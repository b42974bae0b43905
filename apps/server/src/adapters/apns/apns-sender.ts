import { type ClientHttp2Session, connect, constants } from "node:http2";
import type { PushCredentials, PushNotification, PushResult, PushSender } from "../../features/push/index.ts";

export interface ApnsOptions {
  /** `https://api.push.apple.com`, or a stand-in. */
  readonly url: string;
  /** PEM of that endpoint's root, when it is not a public one. */
  readonly ca?: string;
  /** How long one attempt may take, in ms. Default 10,000. */
  readonly timeoutMs?: number;
  /** The longest pause before a retry, in ms; half of it at random. Default 1000. */
  readonly retryMs?: number;
}

const RETRIES = 2;

/**
 * Apple's push service over HTTP/2 with the tenant's certificate (Apple: Sending notification requests to APNs). One session
 * per topic, replaced after GOAWAY and when the certificate changes.
 */
export class ApnsSender implements PushSender {
  readonly endpoint: string;
  readonly #options: ApnsOptions;
  readonly #sessions = new Map<string, ClientHttp2Session>();

  constructor(options: ApnsOptions) {
    this.#options = options;
    this.endpoint = options.url;
  }

  async send(notification: PushNotification): Promise<PushResult> {
    for (let attempt = 0; ; attempt += 1) {
      const result = await this.#attempt(notification);
      // 429 speaks of this token alone and passes; 5xx and a lost connection pass too. All else is an answer.
      const isPassing = result.status === 0 || result.status === 429 || result.status >= 500;
      if (!isPassing || attempt >= RETRIES) return result;
      const pause = (this.#options.retryMs ?? 1000) * (0.5 + Math.random() / 2) * (attempt + 1);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  forget(topic: string): void {
    this.#sessions.get(topic)?.close();
    this.#sessions.delete(topic);
  }

  close(): void {
    for (const session of this.#sessions.values()) session.destroy();
    this.#sessions.clear();
  }

  #attempt({ credentials, pushToken, pushMagic, expiration }: PushNotification): Promise<PushResult> {
    return new Promise((resolve) => {
      let status = 0;
      let apnsId: string | null = null;
      let body = "";
      const fail = (reason: string) => resolve({ status, reason, apnsId });
      let session: ClientHttp2Session;
      try {
        session = this.#session(credentials);
      } catch (error) {
        return fail(errorCode(error));
      }
      const request = session.request({
        [constants.HTTP2_HEADER_METHOD]: "POST",
        [constants.HTTP2_HEADER_PATH]: `/3/device/${Buffer.from(pushToken).toString("hex")}`,
        "apns-topic": credentials.topic,
        "apns-push-type": "mdm",
        "apns-priority": "10",
        "apns-expiration": String(expiration),
      });
      request.setTimeout(this.#options.timeoutMs ?? 10_000, () => {
        this.#drop(credentials.topic, session);
        request.destroy();
        fail("timeout");
      });
      request.on("response", (headers) => {
        status = headers[":status"] ?? 0;
        const id = headers["apns-id"];
        apnsId = typeof id === "string" ? id : null;
      });
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => {
        if (body.length < 10_000) body += chunk;
      });
      request.on("end", () => resolve({ status, reason: status === 200 ? null : reasonOf(body, status), apnsId }));
      request.on("error", (error) => fail(errorCode(error)));
      request.on("close", () => fail("connection closed"));
      request.end(JSON.stringify({ mdm: pushMagic }));
    });
  }

  #session(credentials: PushCredentials): ClientHttp2Session {
    const held = this.#sessions.get(credentials.topic);
    if (held !== undefined && !held.closed && !held.destroyed) return held;
    const { url, ca } = this.#options;
    const session = connect(url, {
      cert: credentials.certificate,
      key: credentials.key,
      ...(ca === undefined ? {} : { ca }),
    });
    const drop = () => this.#drop(credentials.topic, session);
    session.on("error", drop);
    // Streams that are open are still answered; new ones go to a new session.
    session.on("goaway", drop);
    session.on("close", drop);
    session.unref();
    this.#sessions.set(credentials.topic, session);
    return session;
  }

  #drop(topic: string, session: ClientHttp2Session): void {
    if (this.#sessions.get(topic) === session) this.#sessions.delete(topic);
    if (!session.closed) session.close();
  }
}

function reasonOf(body: string, status: number): string {
  try {
    const { reason } = JSON.parse(body) as { reason?: unknown };
    if (typeof reason === "string") return reason.slice(0, 200);
  } catch {
    // An answer without JSON still has its status.
  }
  return `status ${status}`;
}

/** A stream that never began names its session's fault as the cause. */
function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if (error.cause instanceof Error) return errorCode(error.cause);
  return (error as NodeJS.ErrnoException).code ?? error.name;
}
