import type { IncomingHttpHeaders } from "node:http2";
import type { ApnsReason } from "./reasons.ts";

/** A push that is well-formed. */
export interface PushRequest {
  /** Hex, lower case. */
  readonly token: string;
  readonly topic: string;
  readonly pushMagic: string;
  readonly priority: number;
  /** Epoch seconds; 0 means: once, now or never. */
  readonly expiration: number;
}

const MAX_PAYLOAD_BYTES = 4096;

/** Checks what APNs checks of an MDM push, in its order (Apple: Sending notification requests to APNs). */
export function readPush(
  headers: IncomingHttpHeaders,
  body: Uint8Array,
  certificateTopic: string | undefined,
): PushRequest | ApnsReason {
  const path = headers[":path"] ?? "";
  if (headers[":method"] !== "POST") return "MethodNotAllowed";
  const device = /^\/3\/device\/([^/?]*)$/.exec(path);
  if (device === null) return "BadPath";
  if (device[1] === "") return "MissingDeviceToken";
  if (certificateTopic === undefined) return "BadCertificate";
  const token = device[1]?.toLowerCase() ?? "";
  if (!/^(?:[0-9a-f]{2})+$/.test(token)) return "BadDeviceToken";
  const topic = headers["apns-topic"];
  if (topic === undefined) return "MissingTopic";
  if (topic !== certificateTopic) return "TopicDisallowed";
  if (headers["apns-push-type"] !== "mdm") return "InvalidPushType";
  const priority = headers["apns-priority"] ?? "10";
  if (priority !== "10" && priority !== "5") return "BadPriority";
  const expiration = headers["apns-expiration"] ?? "0";
  if (!/^\d{1,12}$/.test(String(expiration))) return "BadExpirationDate";
  const id = headers["apns-id"];
  if (id !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(String(id))) return "BadMessageId";
  if (body.length === 0) return "PayloadEmpty";
  if (body.length > MAX_PAYLOAD_BYTES) return "PayloadTooLarge";
  const pushMagic = readMagic(body);
  if (pushMagic === undefined) return "PayloadEmpty";
  return { token, topic, pushMagic, priority: Number(priority), expiration: Number(expiration) };
}

/** Exactly `{"mdm": "<PushMagic>"}`: an MDM push holds nothing else. */
function readMagic(body: Uint8Array): string | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    if (typeof payload !== "object" || payload === null) return undefined;
    const { mdm, ...others } = payload as Record<string, unknown>;
    return typeof mdm === "string" && Object.keys(others).length === 0 ? mdm : undefined;
  } catch {
    return undefined;
  }
}
