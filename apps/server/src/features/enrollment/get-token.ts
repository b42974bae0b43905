import { randomUUID } from "node:crypto";
import type { TenantId } from "@pomona/facts";
import type { Crypto } from "@pomona/pki";
import { buildXmlPlist } from "@pomona/plist";
import type { CheckInHandler, MdmAnswer } from "./check-in.ts";
import type { MaidKey, MaidKeys } from "./ports.ts";

/** Apple: the answer to a service type that the server does not know. */
const UNKNOWN: MdmAnswer = { status: 400 };
/** We know the service and have nothing to give: plainly, and without a reason for the Mac to unenroll. */
const NONE: MdmAnswer = { status: 404 };

/**
 * A Mac fetches a token for a service of Apple's (GetToken). For Managed Apple Accounts it is a JWT by the key of the tenant's
 * MDM server token. Pairing a watch needs parameters and a key that we have not: none to give either.
 */
export const getToken =
  (crypto: Crypto, keys: MaidKeys): CheckInHandler<"GetToken"> =>
  async ({ message, certificate, now }) => {
    switch (message.serviceType) {
      case "com.apple.maid":
        return maidToken(crypto, await keys.keyOf(certificate.tenantId), now);
      case "com.apple.watch.pairing":
        return message.hasParameters ? NONE : UNKNOWN;
      default:
        return UNKNOWN;
    }
  };

function maidToken(crypto: Crypto, key: MaidKey | undefined, now: number): MdmAnswer {
  if (key === undefined) return NONE;
  const claims = {
    iss: key.serverUuid,
    iat: Math.floor(now / 1000),
    // Apple takes a token once.
    jti: randomUUID(),
    service_type: "com.apple.maid",
  };
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  const signature = crypto.sign(key.key, "rsa-sha256", Buffer.from(signed, "ascii"));
  const token = `${signed}.${Buffer.from(signature).toString("base64url")}`;
  const body = buildXmlPlist({ TokenData: Buffer.from(token, "ascii") });
  return { status: 200, body, contentType: "application/xml; charset=UTF-8" };
}

const part = (value: object): string => Buffer.from(JSON.stringify(value), "utf8").toString("base64url");

/** Until automated enrollment is set up no tenant has an MDM server token. */
export const NO_MAID_KEYS: MaidKeys = { keyOf: async (_tenantId: TenantId) => undefined };
