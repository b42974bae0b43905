import { type AgentSettings, parseTopic, topicOf } from "@pomona/agent-protocol";
import { isDictionary, parsePlist } from "@pomona/plist";
import { isAgentSettings } from "../protocol-check.ts";

export const MAX_SETTINGS_BYTES = 262_144;

/**
 * Reads a managed preferences file, XML or binary. Keys that we do not know are passed by.
 * @throws PlistError for what is no property list, Error for settings that cannot be used; neither quotes a value
 */
export function parseSettings(bytes: Uint8Array): AgentSettings {
  const value = parsePlist(bytes, { maxBytes: MAX_SETTINGS_BYTES, maxDepth: 8, maxNodes: 500 });
  if (!isDictionary(value)) throw new Error("the settings are not a dictionary");
  const { ServerURL, BrokerURL, TenantID, DeviceID, EnrollmentToken, Roots, Nudge } = value;
  const settings: unknown = {
    ServerURL,
    BrokerURL,
    TenantID,
    DeviceID,
    Roots,
    Nudge,
    ...(EnrollmentToken === undefined ? {} : { EnrollmentToken }),
  };
  if (!isAgentSettings(settings)) throw new Error("a setting is missing or has another type");
  if (!isUrl(settings.ServerURL, "https:")) throw new Error("ServerURL is not an https URL");
  if (!isUrl(settings.BrokerURL, "mqtts:")) throw new Error("BrokerURL is not an mqtts URL");
  const topic = { tenantId: settings.TenantID, deviceId: settings.DeviceID } as const;
  if (parseTopic(topicOf({ ...topic, lane: "control", direction: "up", message: "hello" })) === undefined) {
    throw new Error("TenantID or DeviceID is not a lower-case UUID");
  }
  return settings;
}

function isUrl(text: string, protocol: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === protocol && url.hostname !== "" && url.username === "" && url.password === "";
}
