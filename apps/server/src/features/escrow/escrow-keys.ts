import type { EscrowCertificate } from "@pomona/contract";
import type { TenantId } from "@pomona/facts";
import {
  type Certificate,
  issueCertificate,
  openEnvelopedData,
  PkiError,
  type PrivateKeyHandle,
  parseCertificate,
} from "@pomona/pki";
import { generateKeyPairInBackground, privateKeyFromPem, privateKeyToPem } from "@pomona/pki/node";
import { newId } from "../../kernel/clock.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { Secret } from "../../kernel/secret.ts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { type Authority, certificateHash } from "../tenants/index.ts";
import { insertKey, readKeys, type StoredEscrowKey } from "./keys.sql.ts";

const DAY = 86_400_000;
const BACKDATE_MS = 3_600_000;
/** Macs encrypt to it whatever its dates say; they are for people who look at it in System Settings. */
const VALID_MS = 3650 * DAY;

/** A key of a tenant that Macs encrypt recovery keys to. */
export interface EscrowKey {
  readonly id: string;
  readonly certificate: Certificate;
  readonly key: PrivateKeyHandle;
}

/** The certificate in use, and how many there are with the older ones. */
export const describeKeys = (current: Certificate, all: readonly StoredEscrowKey[]): EscrowCertificate => ({
  fingerprint: certificateHash(current.raw),
  expiresAt: new Date(current.notAfter).toISOString(),
  keys: all.length,
});

const place = (id: string) => ({ table: "escrow_keys", row: id, field: "sealed_key" });

/**
 * The certificates to which Macs encrypt their recovery keys, per tenant. A new one never replaces an old key: what a Mac sent
 * years ago, and what lies on its disk, is encrypted to the certificate of that time.
 */
export class EscrowKeys {
  readonly #kernel: Kernel;
  readonly #authority: Pick<Authority, "intermediate" | "crypto">;
  readonly #opened = new Map<string, EscrowKey>();
  readonly #made = new Map<TenantId, Promise<EscrowKey>>();

  constructor(kernel: Kernel, authority: Pick<Authority, "intermediate" | "crypto">) {
    this.#kernel = kernel;
    this.#authority = authority;
  }

  /** The key in use, made when it is first asked for. Not inside a transaction: making one takes a while. */
  current(tenantId: TenantId): Promise<EscrowKey> {
    let found = this.#made.get(tenantId);
    if (found === undefined) {
      found = this.#openOrMake(tenantId);
      this.#made.set(tenantId, found);
      found.catch(() => this.#made.delete(tenantId));
    }
    return found;
  }

  /** Makes another one, which is in use from now on. The old ones go on opening. */
  async renew(tenantId: TenantId): Promise<EscrowKey> {
    const made = await this.#make(tenantId);
    this.#made.set(tenantId, Promise.resolve(made));
    return made;
  }

  /** All keys of the scope's tenant, newest first. One whose seal does not open is left out: the others still open theirs. */
  async all(tx: ReadTransaction): Promise<readonly EscrowKey[]> {
    const { tenantId } = tx.scope;
    return (await readKeys(tx)).flatMap((stored) => {
      try {
        return [this.#open(tenantId, stored)];
      } catch {
        this.#kernel.log.error("escrow.key-unreadable", { tenantId, keyId: stored.id });
        return [];
      }
    });
  }

  /** Opens a CMS from a Mac with whichever of the tenant's keys it is for; undefined when none opens it. */
  decrypt(keys: readonly EscrowKey[], cms: Uint8Array): Secret | undefined {
    for (const { certificate, key } of keys) {
      try {
        return new Secret(openEnvelopedData(this.#authority.crypto, cms, certificate, key).content);
      } catch (error) {
        if (!(error instanceof PkiError)) throw error;
      }
    }
    return undefined;
  }

  async #openOrMake(tenantId: TenantId): Promise<EscrowKey> {
    const [newest] = await this.#kernel.store.read(systemScope(tenantId, "escrow"), readKeys);
    return newest === undefined ? this.#make(tenantId) : this.#open(tenantId, newest);
  }

  async #make(tenantId: TenantId): Promise<EscrowKey> {
    const [issuer, key] = await Promise.all([
      this.#authority.intermediate(tenantId),
      generateKeyPairInBackground("rsa-2048"),
    ]);
    const now = this.#kernel.clock.now();
    const id = newId(now);
    const der = issueCertificate(this.#authority.crypto, {
      issuer,
      subject: { O: "Pomona", OU: "escrow", CN: "FileVault recovery keys" },
      spki: this.#authority.crypto.publicKeyOf(key),
      notBefore: now - BACKDATE_MS,
      notAfter: Math.min(now + VALID_MS, issuer.certificate.notAfter),
      extensions: { keyUsage: ["keyEncipherment"] },
    });
    const sealedKey = this.#kernel.vault.seal(tenantId, place(id), Buffer.from(privateKeyToPem(key), "utf8"));
    const made: EscrowKey = { id, certificate: parseCertificate(der), key };
    const expiresAt = made.certificate.notAfter;
    await this.#kernel.store.write(systemScope(tenantId, "escrow"), async (tx: WriteTransaction) => {
      await insertKey(tx, { id, certificate: der, sealedKey }, expiresAt);
      await tx.publish({ type: "escrow.certificate-changed", data: { expiresAt } });
    });
    this.#opened.set(`${tenantId} ${id}`, made);
    return made;
  }

  #open(tenantId: TenantId, stored: StoredEscrowKey): EscrowKey {
    const name = `${tenantId} ${stored.id}`;
    let opened = this.#opened.get(name);
    if (opened === undefined) {
      const pem = this.#kernel.vault.open(tenantId, place(stored.id), stored.sealedKey);
      opened = {
        id: stored.id,
        certificate: parseCertificate(stored.certificate),
        key: privateKeyFromPem(Buffer.from(pem.expose()).toString("utf8")),
      };
      this.#opened.set(name, opened);
    }
    return opened;
  }
}
