import type { TenantId } from "@pomona/facts";

/** A tenant's certificate for Apple's push service, and the key that it is for. */
export interface PushCredentials {
  readonly tenantId: TenantId;
  /** Subject UID of the certificate. */
  readonly topic: string;
  /** PEM: the certificate, then its issuers where they are known. */
  readonly certificate: string;
  /** PEM, PKCS#8. */
  readonly key: string;
}

export interface PushNotification {
  readonly credentials: PushCredentials;
  readonly pushToken: Uint8Array;
  readonly pushMagic: string;
  /** Until when Apple keeps it for a Mac that sleeps; seconds since 1970. */
  readonly expiration: number;
}

/** What Apple said. `status` 0: it could not be reached, `reason` says why. */
export interface PushResult {
  readonly status: number;
  readonly reason: string | null;
  readonly apnsId: string | null;
}

/** Apple's push service. It retries what Apple asks to retry; it never throws. */
export interface PushSender {
  readonly endpoint: string;
  send(notification: PushNotification): Promise<PushResult>;
  /** Ends the session of a topic, because its certificate was replaced. */
  forget(topic: string): void;
}
