/**
 * What we do about an answer of Apple's:
 * `done` it was taken; `stop` no push to this token until the next TokenUpdate; `alarm` nothing of this tenant will go
 * through until someone acts, so pushes wait behind a growing gap; `wait` this token alone has had too many, the rest
 * becomes one later push; `retry` it passes: two jittered retries, then pushes wait behind a growing gap; `fault` this
 * request was wrong, which is ours to mend, and others are not held up.
 */
export type PushPolicy = "done" | "stop" | "alarm" | "wait" | "retry" | "fault";

export interface PushMeaning {
  readonly policy: PushPolicy;
  /** For the operator: what it means, and what to do. */
  readonly meaning: string;
  readonly advice: string;
}

const RENEW =
  "Renew the certificate in Apple's portal with the Apple Account that made it, and upload it. Choose Renew, not Create.";
const NOTHING = "Nothing: pushes are sent again by themselves.";
const TOKEN =
  "Nothing now: the Mac sends a new token by itself, usually when it next talks to Apple. If it stays so for days, look at the Mac's network.";
const TELL = "Please report this: the request that the server made was wrong.";

const row = (policy: PushPolicy, meaning: string, advice: string): PushMeaning => ({ policy, meaning, advice });
const fault = (meaning: string): PushMeaning => row("fault", meaning, TELL);

/** Apple's reasons with their statuses (Apple: Handling notification responses from APNs), and what we make of each. */
export const APNS_REASONS: Readonly<Record<string, PushMeaning & { readonly status: number }>> = {
  BadCollapseId: { status: 400, ...fault("The collapse identifier is too long.") },
  BadDeviceToken: {
    status: 400,
    ...row("stop", "Apple does not know this Mac's token, or it belongs to Apple's other environment.", TOKEN),
  },
  BadExpirationDate: { status: 400, ...fault("The expiration is not a time.") },
  BadMessageId: { status: 400, ...fault("The push's id is not a UUID.") },
  BadPriority: { status: 400, ...fault("The priority is none that Apple knows.") },
  BadTopic: { status: 400, ...row("alarm", "Apple does not accept the topic of the push certificate.", RENEW) },
  DeviceTokenNotForTopic: {
    status: 400,
    ...row(
      "stop",
      "This Mac's token belongs to another topic: it enrolled with another push certificate.",
      "Enroll the Mac again, or go back to the certificate with which it was enrolled.",
    ),
  },
  DuplicateHeaders: { status: 400, ...fault("A header was sent twice.") },
  IdleTimeout: { status: 400, ...row("retry", "The connection was idle for too long, and Apple ended it.", NOTHING) },
  InvalidPushType: { status: 400, ...fault("The push type is none that Apple knows.") },
  MissingDeviceToken: { status: 400, ...fault("The path names no token.") },
  MissingTopic: {
    status: 400,
    ...row("alarm", "The push named no topic, and the certificate allows several.", RENEW),
  },
  PayloadEmpty: { status: 400, ...fault("The push had no content.") },
  TopicDisallowed: {
    status: 400,
    ...row("alarm", "This certificate may not push to its own topic: it is no MDM push certificate.", RENEW),
  },
  BadCertificate: {
    status: 403,
    ...row("alarm", "Apple refuses the push certificate; probably it was revoked.", RENEW),
  },
  BadCertificateEnvironment: {
    status: 403,
    ...row(
      "alarm",
      "The push certificate is for Apple's other environment (production or sandbox).",
      "Set POMONA_APNS_URL to https://api.push.apple.com, or upload a certificate for the environment that is set.",
    ),
  },
  ExpiredProviderToken: { status: 403, ...fault("Apple expected a provider token; MDM uses a certificate.") },
  InvalidProviderToken: { status: 403, ...fault("Apple saw a provider token; MDM uses a certificate.") },
  MissingProviderToken: {
    status: 403,
    ...row(
      "alarm",
      "The push certificate did not arrive at Apple: something on the way ends our TLS connection.",
      "Exempt Apple's push service from TLS inspection (api.push.apple.com, port 443 or 2197).",
    ),
  },
  Forbidden: { status: 403, ...row("alarm", "Apple refuses this push certificate.", RENEW) },
  BadPath: { status: 404, ...fault("The path of the request is wrong.") },
  MethodNotAllowed: { status: 405, ...fault("The method of the request is wrong.") },
  ExpiredToken: { status: 410, ...row("stop", "This Mac's token has expired.", TOKEN) },
  Unregistered: {
    status: 410,
    ...row(
      "stop",
      "This Mac's token is no longer valid: it was erased, it left management, or it has another token by now.",
      TOKEN,
    ),
  },
  PayloadTooLarge: { status: 413, ...fault("The push was too large.") },
  TooManyProviderTokenUpdates: { status: 429, ...fault("Provider tokens were renewed too often; MDM uses none.") },
  TooManyRequests: {
    status: 429,
    ...row(
      "wait",
      "This Mac was sent too many pushes in a short time.",
      "Nothing: what is wished meanwhile becomes one push.",
    ),
  },
  InternalServerError: { status: 500, ...row("retry", "A fault of Apple's.", NOTHING) },
  ServiceUnavailable: { status: 503, ...row("retry", "Apple's push service is overloaded or away.", NOTHING) },
  Shutdown: { status: 503, ...row("retry", "The server of Apple's that we spoke to is going down.", NOTHING) },
};

/** What a status says when its reason is none of the above. */
const STATUSES: Readonly<Record<number, PushMeaning>> = {
  200: row("done", "Apple took the push.", "Nothing."),
  400: fault("Apple did not accept the request."),
  403: row("alarm", "Apple refuses the push certificate.", RENEW),
  404: APNS_REASONS["BadPath"]!,
  405: APNS_REASONS["MethodNotAllowed"]!,
  410: APNS_REASONS["Unregistered"]!,
  413: APNS_REASONS["PayloadTooLarge"]!,
  429: APNS_REASONS["TooManyRequests"]!,
  500: APNS_REASONS["InternalServerError"]!,
  503: APNS_REASONS["ServiceUnavailable"]!,
};

const FIREWALL =
  "Allow this server to reach api.push.apple.com on port 443 (or 2197), and look at its DNS and firewall. Pushes wait and are sent when it works again.";

/** Faults below HTTP (status 0): the first row whose pattern fits the reason. */
const CONNECTION: readonly (readonly [pattern: RegExp, meaning: PushMeaning])[] = [
  [
    /^certificate-expired$|ALERT_CERTIFICATE_EXPIRED/,
    row("alarm", "The push certificate has expired. No Mac can be woken.", RENEW),
  ],
  [
    /ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|UNSUPPORTED_CERT|ACCESS_DENIED|HANDSHAKE_FAILURE|DECRYPT_ERROR)|CERTIFICATE_REQUIRED/,
    row("alarm", "Apple refused the push certificate when the connection was made.", RENEW),
  ],
  [
    /^ERR_OSSL|KEY_VALUES_MISMATCH|^ERR_CRYPTO/,
    row(
      "alarm",
      "The stored push certificate or its key cannot be used.",
      "Upload the certificate again, with its key.",
    ),
  ],
  [
    /SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|^CERT_|ALTNAME/,
    row(
      "alarm",
      "What answers at the push service's address is not Apple: its TLS certificate is not trusted.",
      "Exempt Apple's push service from TLS inspection, or look at the clock of this server.",
    ),
  ],
  [/^ENOTFOUND$|^EAI_/, row("retry", "The push service's name cannot be resolved.", FIREWALL)],
  [/^ECONNREFUSED$|^EHOSTUNREACH$|^ENETUNREACH$/, row("retry", "The push service cannot be reached.", FIREWALL)],
  [/^ETIMEDOUT$|timeout/i, row("retry", "The push service does not answer.", FIREWALL)],
];
const LOST = row("retry", "The connection to the push service was lost.", FIREWALL);

/**
 * What an answer means. `status` 0 is a fault below HTTP, whose reason is Node's error code or the reason of a GOAWAY.
 * A reason counts before its status: Apple moved some from one status to another.
 */
export function meaningOf(status: number, reason: string | null): PushMeaning {
  if (status === 200) return STATUSES[200]!;
  const named = reason === null ? undefined : APNS_REASONS[reason];
  if (named !== undefined) return named;
  if (status === 0) return CONNECTION.find(([pattern]) => pattern.test(reason ?? ""))?.[1] ?? LOST;
  return STATUSES[status] ?? (status >= 500 ? STATUSES[500]! : STATUSES[400]!);
}
