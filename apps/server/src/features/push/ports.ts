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
  /** End of the certificate, in ms: one that ends later takes the session over. */
  readonly notAfter: number;
}

export interface PushNotification {
  readonly credentials: PushCredentials;
  readonly pushToken: Uint8Array;
  readonly pushMagic: string;
  /** Until when Apple keeps it for a Mac that sleeps; seconds since 1970. */
  readonly expiration: number;
}

/** What Apple said. `status` 0: it could not be asked, `reason` says why. */
export interface PushResult {
  readonly status: number;
  readonly reason: string | null;
  readonly apnsId: string | null;
  /** With 410: since when Apple knows the token to be dead, in ms. */
  readonly invalidSince?: number;
}

/** The connection of one topic to Apple, as it stands. Times in ms. */
export interface PushSession {
  readonly state: "connected" | "connecting" | "none";
  readonly connectedSince: number | null;
  /** Pushes that are under way, and how many Apple allows at once. */
  readonly openPushes: number;
  readonly mostAtOnce: number | null;
  readonly lastGoAway: { readonly at: number; readonly reason: string } | null;
  readonly lastFault: { readonly at: number; readonly reason: string } | null;
}

/** Apple's push service. It makes the two retries that Apple's passing faults deserve; it never throws. */
export interface PushSender {
  readonly endpoint: string;
  send(notification: PushNotification): Promise<PushResult>;
  sessionOf(topic: string): PushSession | undefined;
  /** Ends the session of a topic, because its certificate was replaced. */
  forget(topic: string): void;
}

/** A service that has a vendor certificate and signs requests for push certificates (mdmcert.download). */
export interface VendorSigner {
  /** Undefined while the operator has set no key for it. */
  readonly url: string | undefined;
  /**
   * Sends a request; the answer comes by mail, encrypted to the certificate.
   * @param order certificate request and certificate in PEM
   * @returns undefined when it was taken, else the service's own words or the fault, bounded
   */
  request(order: {
    readonly csr: string;
    readonly email: string;
    readonly encryptTo: string;
  }): Promise<string | undefined>;
}
