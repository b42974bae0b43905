import { getString, type PlistDictionary } from "@pomona/plist";
import { type Outcome, read, unreadable } from "./outcome.ts";

/** What a Shared iPad sends as `UserID` for every user; there the short name tells users apart. */
const SHARED_USER_ID = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF";
const MAX_LENGTH = 255;

/**
 * Who a message is from, as it claims. `deviceIdentifier` is the device channel's identifier (of the parent, for a user
 * channel) and what a certificate is pinned to; `identifier` keys the queue, the push token and the desired state.
 */
export interface EnrollmentIdentifier {
  readonly channel: "device" | "user";
  /** `udid` for a device enrollment, `enrollmentId` for a User Enrollment, which has no hardware identifier. */
  readonly kind: "udid" | "enrollmentId";
  readonly deviceIdentifier: string;
  readonly identifier: string;
  readonly userShortName?: string;
}

/** Reads the identifiers of a message. `UDID` wins over `EnrollmentID` when both are there. */
export function identifierOf(message: PlistDictionary): Outcome<EnrollmentIdentifier> {
  const udid = textAt(message, "UDID");
  const enrollmentId = textAt(message, "EnrollmentID");
  const deviceIdentifier = udid ?? enrollmentId;
  if (deviceIdentifier === undefined) return unreadable("neither UDID nor EnrollmentID");
  const kind = udid === undefined ? "enrollmentId" : "udid";
  const userId = textAt(message, kind === "udid" ? "UserID" : "EnrollmentUserID");
  if (userId === undefined) return read({ channel: "device", kind, deviceIdentifier, identifier: deviceIdentifier });
  const userShortName = textAt(message, "UserShortName");
  const user = kind === "udid" && userId === SHARED_USER_ID ? userShortName : userId;
  if (user === undefined) return unreadable("a shared user without UserShortName");
  return read({
    channel: "user",
    kind,
    deviceIdentifier,
    identifier: `${deviceIdentifier}:${user}`,
    ...(userShortName === undefined ? {} : { userShortName }),
  });
}

/** An identifier becomes part of keys and log lines: empty, long and unprintable ones count as missing. */
function textAt(message: PlistDictionary, key: string): string | undefined {
  const text = getString(message, key);
  if (text === undefined || text === "" || text.length > MAX_LENGTH) return undefined;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return undefined;
  }
  return text;
}
