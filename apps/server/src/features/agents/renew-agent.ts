import type { RenewRequest, RenewResponse } from "@pomona/agent-protocol";
import { encodePem } from "@pomona/pki";
import { PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { deviceScope } from "../../kernel/scope.ts";
import { readDevice } from "../devices/index.ts";
import type { Authority, KnownCertificate } from "../tenants/index.ts";
import type { AgentIdentity } from "./ports.ts";
import { provenKey } from "./proven-key.ts";
import { deleteRenewal, putRenewal, readRenewal } from "./renewals.sql.ts";

interface RenewParts {
  readonly kernel: Kernel;
  readonly authority: Authority;
}

/**
 * A new certificate for the same device over a new key. The old one goes on until the new one is used, because the answer
 * can get lost; then the next request gets another, and the one that nobody received is revoked.
 * @param from whom the still valid certificate names
 * @throws PomonaError `agent.request-invalid`, `agent.renewal-refused` for a device in quarantine
 */
export async function renewAgent(
  { kernel, authority }: RenewParts,
  { tenantId, deviceId }: AgentIdentity,
  { csr }: RenewRequest,
): Promise<RenewResponse> {
  const spki = provenKey(authority, csr);
  const now = kernel.clock.now();
  const issued = await authority.sign({ tenantId, role: "agent", holder: { deviceId }, spki, now });
  const isGranted = await kernel.store.write(deviceScope(tenantId, deviceId), async (tx) => {
    const device = await readDevice(tx, deviceId);
    if (device === undefined || device.quarantine !== null || !device.agentInstalled) return false;
    const unused = await readRenewal(tx, deviceId);
    if (unused !== undefined) await authority.revoke(tx, { hash: unused });
    await authority.record(tx, issued);
    await putRenewal(tx, deviceId, issued.hash);
    return true;
  });
  if (!isGranted) throw new PomonaError("forbidden", "agent.renewal-refused", "This device gets no certificate.");
  return { certificate: [issued.der, ...issued.issuers].map((der) => encodePem("CERTIFICATE", der)).join("") };
}

/** Ends the life of a device's other certificates when a renewed one is used for the first time. */
export class FirstUses {
  readonly #parts: RenewParts;
  /** Certificates that were looked at since the start of this process. */
  readonly #seen = new Set<string>();

  constructor(parts: RenewParts) {
    this.#parts = parts;
  }

  async note({ tenantId, hash }: KnownCertificate, { deviceId }: AgentIdentity): Promise<void> {
    if (this.#seen.has(hash)) return;
    const { kernel, authority } = this.#parts;
    const scope = deviceScope(tenantId, deviceId);
    const renewed = await kernel.store.read(scope, (tx) => readRenewal(tx, deviceId));
    if (renewed === hash) {
      await kernel.store.write(scope, async (tx) => {
        await authority.revoke(tx, { deviceId }, { role: "agent", except: hash });
        await deleteRenewal(tx, deviceId);
      });
    }
    if (this.#seen.size >= MOST_SEEN) this.#seen.clear();
    this.#seen.add(hash);
  }
}

const MOST_SEEN = 200_000;
