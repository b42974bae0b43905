import { createHash } from "node:crypto";
import type { EnrollRequest, EnrollResponse } from "@pomona/agent-protocol";
import { encodePem } from "@pomona/pki";
import { PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { quarantineDevice, readDevice, setAgentState } from "../devices/index.ts";
import type { Authority, IssuedCertificate } from "../tenants/index.ts";
import { hashToken, readTokenClaim } from "./first-trust.ts";
import { markTokenUsed, putInstall, readInstall, readToken, type TokenRow } from "./installs.sql.ts";
import type { DeviceBus } from "./ports.ts";
import { provenKey } from "./proven-key.ts";
import type { SettingsSender } from "./send-settings.ts";

export interface EnrollParts {
  readonly kernel: Kernel;
  readonly authority: Authority;
  readonly settings: SettingsSender;
  readonly bus: () => DeviceBus;
  readonly roots: () => string;
}

/** One answer for all that is wrong with a token: whoever guesses learns nothing. */
const refused = () =>
  new PomonaError("forbidden", "agent.token-refused", "This token is not good for a certificate. A new one is coming.");

type Verdict = "quarantined" | "refused" | { readonly certificate: string };

/**
 * Exchanges the one-time token for a certificate over the key of the request. The same key may ask again, because an
 * answer can get lost; another key with a used token is a second body, and holds the device.
 * @throws PomonaError `agent.token-refused`, `agent.request-invalid`
 */
export async function enrollAgent(parts: EnrollParts, request: EnrollRequest): Promise<EnrollResponse> {
  const claim = readTokenClaim(request.token);
  if (claim === undefined) throw refused();
  const { kernel, authority } = parts;
  const scope = systemScope(claim.tenantId, "agents");
  const hash = hashToken(request.token);
  // Signatures cost more than looking: nobody gets one made or checked without a token that exists.
  const known = await kernel.store.read(scope, (tx) => readToken(tx, hash));
  if (known === undefined || known.deviceId !== claim.deviceId) throw refused();
  const spki = provenKey(authority, request.csr);
  const now = kernel.clock.now();
  const issued = await authority.sign({
    tenantId: claim.tenantId,
    role: "agent",
    holder: { deviceId: claim.deviceId },
    spki,
    now,
  });
  const spkiHash = createHash("sha256").update(spki).digest("hex");
  const verdict = await kernel.store.write(scope, (tx) => decide(parts, tx, request, { hash, issued, spkiHash }));
  if (verdict === "refused" || verdict === "quarantined") throw refused();
  return { ...claim, certificate: verdict.certificate, roots: parts.roots() };
}

/** Whatever it decides is committed, also the quarantine. */
async function decide(
  { authority, settings, bus }: EnrollParts,
  tx: WriteTransaction,
  request: EnrollRequest,
  asked: { readonly hash: string; readonly issued: IssuedCertificate; readonly spkiHash: string },
): Promise<Verdict> {
  const token = await readToken(tx, asked.hash);
  const device = token && (await readDevice(tx, token.deviceId));
  if (token === undefined || device === undefined) return "refused";
  if (token.usedAt !== null) return again(tx, token, asked.spkiHash);
  if (token.expiresAt <= tx.now || token.serialNumber !== request.serialNumber || device.quarantine !== null)
    return "refused";
  const { issued } = asked;
  const certificate = [issued.der, ...issued.issuers].map((der) => encodePem("CERTIFICATE", der)).join("");
  await authority.record(tx, issued);
  await authority.revoke(tx, { deviceId: device.id }, { role: "agent", except: issued.hash });
  await markTokenUsed(tx, token.hash, { spkiHash: asked.spkiHash, certificate });
  await setAgentState(tx, device.id, { isInstalled: true, version: request.version });
  const install = await readInstall(tx, device.id);
  await putInstall(tx, {
    deviceId: device.id,
    state: "enrolled",
    commandId: install?.commandId ?? null,
    minted: 0,
    nextAt: null,
  });
  await settings.send(tx, device.id, { isUrgent: false });
  await tx.publish({ type: "agent.enrolled", deviceId: device.id, data: { version: request.version } });
  tx.afterCommit(() => bus().disconnect(device.id));
  return { certificate };
}

async function again(tx: WriteTransaction, token: TokenRow, spkiHash: string): Promise<Verdict> {
  if (token.spkiHash === spkiHash && token.certificate !== null && token.expiresAt > tx.now)
    return { certificate: token.certificate };
  await quarantineDevice(tx, token.deviceId, "The agent's one-time token was used a second time, with another key.");
  return "quarantined";
}
