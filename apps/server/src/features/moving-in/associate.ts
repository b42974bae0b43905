import { type Certificate, PkiError, parseCertificate, verifyChain } from "@pomona/pki";
import type { Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import type { EnrollmentFeature } from "../enrollment/index.ts";
import type { Authority } from "../tenants/index.ts";
import { isForClients, pinOf } from "./judge-enrollment.ts";
import { type MovedIssuer, readIssuers, readWindow, takeUnpinned } from "./moving-in.sql.ts";

/** For how long it is remembered which windows are open: a stranger's message must not cost a look at the store each. */
const REMEMBERED_MS = 5000;

interface Ports {
  readonly kernel: Kernel;
  readonly authority: Pick<Authority, "crypto" | "adopt" | "isKnown">;
  readonly enrollment: Pick<EnrollmentFeature, "pin">;
}

/**
 * Case 22: the first association of a Mac that moved in without its certificate. Once, on a later message than Authenticate,
 * below an issuer of the same tenant, while an operator's window is open.
 */
export class Association {
  readonly #ports: Ports;
  #open:
    | { readonly at: number; readonly issuers: readonly (MovedIssuer & { readonly parsed: Certificate })[] }
    | undefined;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** After a window or an issuer changed. */
  forget(): void {
    this.#open = undefined;
  }

  /** @param identifier of the device channel, as the message claims */
  async associate(der: Uint8Array, identifier: string): Promise<boolean> {
    const { kernel, authority, enrollment } = this.#ports;
    const now = kernel.clock.now();
    const issuers = await this.#issuers(now);
    if (issuers.length === 0) return false;
    let certificate: Certificate;
    try {
      certificate = parseCertificate(der);
    } catch (error) {
      if (error instanceof PkiError) return false;
      throw error;
    }
    if (!isForClients(certificate)) return false;
    for (const { tenantId, parsed } of issuers) {
      if (!verifyChain(authority.crypto, certificate, [], [parsed], now, { allowExpiredCa: true }).ok) continue;
      const isDone = await kernel.store.write(systemScope(tenantId, "moving-in"), async (tx) => {
        const pin = pinOf(certificate);
        if ((await readWindow(tx)) === null || (await authority.isKnown(tx, pin.hash))) return false;
        const moved = await takeUnpinned(tx, identifier);
        if (moved === undefined) return false;
        await authority.adopt(tx, pin, moved.enrollmentId);
        await enrollment.pin(tx, moved.enrollmentId, pin);
        await tx.publish({
          type: "enrollment.associated",
          deviceId: moved.deviceId,
          data: { certificateHash: pin.hash },
        });
        return true;
      });
      if (isDone) return true;
    }
    return false;
  }

  async #issuers(now: number) {
    if (this.#open === undefined || now - this.#open.at >= REMEMBERED_MS) {
      const found = await this.#ports.kernel.store.read(systemScope(PLATFORM, "moving-in"), (tx) =>
        readIssuers(tx, "open windows"),
      );
      const issuers = found.map((issuer) => ({ ...issuer, parsed: parseCertificate(issuer.certificate) }));
      this.#open = { at: now, issuers };
    }
    return this.#open.issuers;
  }
}
