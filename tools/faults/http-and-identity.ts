import type { Fault } from "./fault.ts";

const DOOR = "apps/server/src/adapters/device-door";
const IDENTITY = `${DOOR}/identity.test.ts`;
const MESSAGES = "packages/mdm/src/messages.test.ts";
const VERIFY = "packages/pki/src/cms/verify-signed-data.ts";

/** Cases 1 to 14: HTTP, signatures, what can be read, whom a message names. */
export const HTTP_AND_IDENTITY: readonly Fault[] = [
  {
    case: 1,
    what: "POST is refused",
    file: `${DOOR}/device-door.ts`,
    find: `request.method !== "PUT" && request.method !== "POST"`,
    replace: `request.method !== "PUT"`,
    test: IDENTITY,
  },
  {
    case: 2,
    what: "only the bare Content-Type is a check-in",
    file: "packages/mdm/src/content-type.ts",
    find: "contentType?.toLowerCase().startsWith(CHECK_IN_TYPE) ?? false",
    replace: "contentType?.toLowerCase() === CHECK_IN_TYPE",
    test: MESSAGES,
  },
  {
    case: 3,
    what: "check-ins are not taken on the command URL",
    file: `${DOOR}/mdm-endpoint.ts`,
    find: "if (isCheckInType(request.contentType))",
    replace: `if (request.path === "/checkin" && isCheckInType(request.contentType))`,
    test: IDENTITY,
  },
  {
    case: 4,
    what: "a missing signature is answered 401",
    file: `${DOOR}/mdm-identity.ts`,
    find: `status: 400, reason: "neither a signature nor a client certificate"`,
    replace: `status: 401 as 400, reason: "neither a signature nor a client certificate"`,
    test: IDENTITY,
  },
  {
    case: 5,
    what: "embedded content is verified in the place of the body",
    file: VERIFY,
    find: `  const content = options.detachedContent ?? signed.content;
  if (content === undefined) return failed("no-content");
  if (options.detachedContent && signed.content && !equalBytes(options.detachedContent, signed.content))
    return failed("content-mismatch");`,
    replace: `  const content = signed.content ?? options.detachedContent;
  if (content === undefined) return failed("no-content");`,
    test: IDENTITY,
  },
  {
    case: 6,
    what: "the digest of the body is not compared",
    file: VERIFY,
    find: `  if (!equalBytes(claimedDigest, messageDigest)) return "digest-mismatch";`,
    replace: "",
    test: IDENTITY,
  },
  {
    case: 7,
    what: "of several signers the first counts",
    file: VERIFY,
    find: `if (others.length > 0 && options.signers !== "all") return failed("several-signers");`,
    replace: "",
    test: IDENTITY,
  },
  {
    case: 7,
    what: "an expired identity is good for ever",
    file: `${DOOR}/mdm-identity.ts`,
    find: "(isExpired && now - certificate.notAfter > expiredGraceMs)",
    replace: "(isExpired && expiredGraceMs < 0)",
    test: `${DOOR}/lifecycle.test.ts`,
  },
  {
    case: 8,
    what: "SHA-512 is not known",
    file: "packages/pki/src/algorithms.ts",
    find: "  sha512: OID.sha512,",
    replace: "",
    test: IDENTITY,
  },
  {
    case: 8,
    what: "a signature by ECDSA is not known",
    file: VERIFY,
    find: "if (digest === undefined || algorithm === undefined)",
    replace: `if (digest === undefined || algorithm === undefined || algorithm.startsWith("ecdsa"))`,
    test: IDENTITY,
  },
  {
    case: 9,
    what: "property lists may nest 512 deep",
    file: "packages/plist/src/limits.ts",
    find: "maxDepth: 16, maxNodes",
    replace: "maxDepth: 512, maxNodes",
    test: IDENTITY,
  },
  {
    case: 9,
    what: "headers may be 64 KiB",
    file: `${DOOR}/device-door.ts`,
    find: "maxHeaderSize: 16_384",
    replace: "maxHeaderSize: 65_536",
    test: IDENTITY,
  },
  {
    case: 9,
    what: "bodies may be 64 MiB",
    file: `${DOOR}/device-door.ts`,
    find: "const MDM_BODY_BYTES = 8 * 1024 * 1024;",
    replace: "const MDM_BODY_BYTES = 64 * 1024 * 1024;",
    test: IDENTITY,
  },
  {
    case: 10,
    what: "the proxy's header counts from every peer",
    file: `${DOOR}/device-door.ts`,
    find: "this.#proxies?.read(address, request.headers)",
    replace: `this.#proxies?.read("127.0.0.2", request.headers)`,
    test: IDENTITY,
  },
  {
    case: 10,
    what: "TLS does not ask for a client certificate",
    file: `${DOOR}/device-door.ts`,
    find: "requestCert: true",
    replace: "requestCert: false",
    test: IDENTITY,
  },
  {
    case: 10,
    what: "a plus in the labels of PEM is no space",
    file: `${DOOR}/proxy-certificate.ts`,
    find: "-----(BEGIN|END)[+ ]CERTIFICATE-----",
    replace: "-----(BEGIN|END)[ ]CERTIFICATE-----",
    test: `${DOOR}/proxy-certificate.test.ts`,
  },
  {
    case: 11,
    what: "entities are left as they are",
    file: "packages/plist/src/xml/text.ts",
    find: "  if (mark < 0) return raw;",
    replace: "  if (mark < 0 || raw.length > 0) return raw;",
    test: IDENTITY,
  },
  {
    case: 12,
    what: "an unknown MessageType counts as a CheckOut",
    file: "packages/mdm/src/check-in.ts",
    find: `return unreadable("an unknown MessageType");`,
    replace: `return read({ messageType: "CheckOut", ...common });`,
    test: MESSAGES,
  },
  {
    case: 13,
    what: "EnrollmentID wins over UDID",
    file: "packages/mdm/src/identifiers.ts",
    find: "udid ?? enrollmentId;",
    replace: "enrollmentId ?? udid;",
    test: MESSAGES,
  },
  {
    case: 14,
    what: "the user of a User Enrollment is looked for under UserID",
    file: "packages/mdm/src/identifiers.ts",
    find: `kind === "udid" ? "UserID" : "EnrollmentUserID"`,
    replace: `"UserID"`,
    test: MESSAGES,
  },
];
