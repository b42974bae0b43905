import type { TLSSocket } from "node:tls";
import { type Lane, parseClientId } from "@pomona/agent-protocol";
import type { AgentDoor, AgentIdentity } from "../../features/agents/index.ts";

/** MQTT 3.1.1, table 3.1. */
const IDENTIFIER_REJECTED = 2;
const NOT_AUTHORIZED = 5;

export interface Refusal {
  readonly refusal: string;
  readonly returnCode: number;
}
export interface Admission {
  readonly identity: AgentIdentity;
  readonly lane: Lane;
}

/** What of a CONNECT packet matters here. */
interface Connect {
  readonly clientId: string;
  readonly clean?: boolean | undefined;
  readonly will?: unknown;
  readonly protocolVersion?: number | undefined;
}

/** Who connects: the certificate says it, and the client id has to say the same. Resumed sessions are asked again. */
export async function admit(door: AgentDoor, packet: Connect, socket: TLSSocket): Promise<Admission | Refusal> {
  if (packet.protocolVersion !== 4) return { refusal: "it speaks another version", returnCode: 1 };
  const named = parseClientId(packet.clientId);
  if (named === undefined) return { refusal: "its client id is none of ours", returnCode: IDENTIFIER_REJECTED };
  if (packet.will !== undefined && packet.will !== null)
    return { refusal: "it leaves a will", returnCode: NOT_AUTHORIZED };
  if (packet.clean !== true) return { refusal: "it wants a session that is kept", returnCode: NOT_AUTHORIZED };
  const certificate = socket.getPeerX509Certificate();
  const identity = certificate === undefined ? undefined : await door.identify(certificate.raw);
  if (identity === undefined) return { refusal: "its certificate is not valid here", returnCode: NOT_AUTHORIZED };
  if (identity.deviceId !== named.deviceId)
    return { refusal: "its client id names another device", returnCode: IDENTIFIER_REJECTED };
  return { identity, lane: named.lane };
}
