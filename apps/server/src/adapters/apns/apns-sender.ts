import {
  meaningOf,
  type PushCredentials,
  type PushNotification,
  type PushResult,
  type PushSender,
  type PushSession,
} from "../../features/push/index.ts";
import { errorCode } from "./apns-answer.ts";
import { type ApnsOptions, ApnsSession } from "./apns-session.ts";

const RETRIES = 2;

/**
 * Apple's push service over HTTP/2 with the tenant's certificate (Apple: Sending notification requests to APNs). One session
 * per topic, replaced after its end and when a certificate that ends later comes.
 */
export class ApnsSender implements PushSender {
  readonly endpoint: string;
  readonly #options: ApnsOptions;
  readonly #sessions = new Map<string, ApnsSession>();
  #isClosed = false;

  constructor(options: ApnsOptions) {
    this.#options = options;
    this.endpoint = options.url;
  }

  async send(notification: PushNotification): Promise<PushResult> {
    for (let attempt = 0; ; attempt += 1) {
      const result = await this.#attempt(notification);
      if (meaningOf(result.status, result.reason).policy !== "retry" || attempt >= RETRIES || this.#isClosed)
        return result;
      const pause = (this.#options.retryMs ?? 1000) * (0.5 + Math.random() / 2) * (attempt + 1);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  sessionOf(topic: string): PushSession | undefined {
    return this.#sessions.get(topic)?.state;
  }

  forget(topic: string): void {
    this.#sessions.get(topic)?.close();
    this.#sessions.delete(topic);
  }

  close(): void {
    this.#isClosed = true;
    for (const session of this.#sessions.values()) session.destroy();
    this.#sessions.clear();
  }

  async #attempt(notification: PushNotification): Promise<PushResult> {
    let session: ApnsSession;
    try {
      session = this.#session(notification.credentials);
    } catch (error) {
      return { status: 0, reason: errorCode(error), apnsId: null };
    }
    return session.push(notification);
  }

  #session(credentials: PushCredentials): ApnsSession {
    const held = this.#sessions.get(credentials.topic);
    const isReplaced =
      held !== undefined && held.certificate !== credentials.certificate && credentials.notAfter > held.notAfter;
    if (held !== undefined && held.isUsable && !isReplaced) return held;
    const session = new ApnsSession(this.#options, credentials);
    // What ended the last one is still worth showing.
    session.lastGoAway = held?.lastGoAway ?? null;
    session.lastFault = held?.lastFault ?? null;
    this.#sessions.set(credentials.topic, session);
    held?.close();
    return session;
  }
}
