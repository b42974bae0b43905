import { AGENT_PATHS, type AgentSettings, type RenewRequest } from "@pomona/agent-protocol";
import { createCertificateRequest } from "@pomona/pki";
import { generateKeyPair, nodeCrypto, privateKeyToPem } from "@pomona/pki/node";
import type { Log } from "../log.ts";
import { openDeviceChannel } from "../net/post-json.ts";
import { createServerTrust } from "../net/server-trust.ts";
import { isRenewResponse } from "../protocol-check.ts";
import { type AgentIdentity, belongTogether } from "./agent-identity.ts";

/**
 * Asks once for a new certificate over a new key, shown the one that still counts; the server lets that one go when it sees
 * the new one.
 * @returns undefined when the server could not be reached or said no: the identity at hand goes on
 */
export async function renew(
  identity: AgentIdentity,
  settings: AgentSettings,
  log: Log,
  signal: AbortSignal,
): Promise<AgentIdentity | undefined> {
  const pair = generateKeyPair("ec-p256");
  const csr = createCertificateRequest(nodeCrypto(), pair, { subject: { CN: identity.deviceId } });
  const request: RenewRequest = { csr: Buffer.from(csr).toString("base64") };
  const channel = openDeviceChannel(settings.ServerURL, createServerTrust(settings.Roots, identity));
  try {
    const { status, body } = await channel.post(AGENT_PATHS.renew, JSON.stringify(request), 30_000, signal);
    const key = privateKeyToPem(pair);
    if (status === 200 && isRenewResponse(body) && belongTogether(body.certificate, key))
      return { ...identity, certificate: body.certificate, key };
    log.warn("identity.not-renewed", { status });
  } catch (error) {
    if (!signal.aborted) log.warn("identity.not-renewed", { reason: error instanceof Error ? error.message : "" });
  } finally {
    channel.close();
  }
  return undefined;
}
