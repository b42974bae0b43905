/**
 * Topics are `v1/<tenant>/<device>/<lane>/<message>`. A device has a closed list of them under its own prefix: no
 * wildcards, no `$SYS`. The three lanes are connections of their own; the MQTT client id is `<device>.<lane>`.
 */
export type Lane = "control" | "telemetry" | "live";
export const LANES: readonly Lane[] = ["control", "telemetry", "live"];

export interface Topic {
  readonly tenantId: string;
  readonly deviceId: string;
  readonly lane: Lane;
  readonly direction: "up" | "down";
  readonly message: string;
}

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const TOPIC = new RegExp(`^v1/(${UUID})/(${UUID})/(control|telemetry|live)/(up|down)/([a-z][a-z-]{0,40})$`);
const CLIENT = new RegExp(`^(${UUID})\\.(control|telemetry|live)$`);

export const topicOf = (topic: Topic): string =>
  `v1/${topic.tenantId}/${topic.deviceId}/${topic.lane}/${topic.direction}/${topic.message}`;

/** @returns undefined for anything that is not exactly one of our topics, wildcards and other tenants' spellings included */
export function parseTopic(text: string): Topic | undefined {
  const parts = text.length <= 200 ? TOPIC.exec(text) : null;
  if (parts === null) return undefined;
  const [, tenantId, deviceId, lane, direction, message] = parts as unknown as [
    string,
    string,
    string,
    Lane,
    "up" | "down",
    string,
  ];
  return { tenantId, deviceId, lane, direction, message };
}

export const clientIdOf = (deviceId: string, lane: Lane): string => `${deviceId}.${lane}`;

export function parseClientId(text: string): { readonly deviceId: string; readonly lane: Lane } | undefined {
  const parts = text.length <= 60 ? CLIENT.exec(text) : null;
  return parts === null ? undefined : { deviceId: parts[1]!, lane: parts[2] as Lane };
}
