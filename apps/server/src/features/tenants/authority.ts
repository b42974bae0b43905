import type { DeviceId, TenantId } from "@pomona/facts";
import { type Crypto, EKU, encodePem, issueCertificate, OID, parseCertificate } from "@pomona/pki";
import { keyObject, nodeCrypto } from "@pomona/pki/node";
import { PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import {
  findCertificate,
  insertCertificate,
  type KnownCertificate,
  type RevokeOptions,
  revokeCertificates,
} from "./authority.sql.ts";
import { type AuthorityKey, makeKey, openKey } from "./authority-keys.ts";
import {
  BACKDATE_MS,
  CERTIFICATE_ROLES,
  type CertificateRole,
  INTERMEDIATE_VALID_MS,
  RESPONDER_RENEWAL_MS,
  RESPONDER_VALID_MS,
  ROOT_VALID_MS,
} from "./authority-roles.ts";
import { certificateHash, type Identification, KnownCertificates } from "./known-certificates.ts";
import { revocationPointers, rootPointers } from "./revocation-pointers.ts";
import { type ServerTls, serverTls } from "./server-tls.ts";

/** Whom a certificate names: a device (agent, edge) or an enrollment (mdm). */
export type CertificateHolder = { readonly deviceId: DeviceId } | { readonly enrollmentId: string };

export interface CertificateOrder {
  readonly tenantId: TenantId;
  readonly role: Exclude<CertificateRole, "server">;
  readonly holder: CertificateHolder;
  /** SubjectPublicKeyInfo (DER) of a key whose possession was proved. */
  readonly spki: Uint8Array;
  readonly now: number;
}

export interface IssuedCertificate extends KnownCertificate {
  readonly der: Uint8Array;
  /** Issuers below the root, nearest first, in DER. */
  readonly issuers: readonly Uint8Array[];
}

/**
 * The certificate authority: one root, an intermediate per tenant, and the table of all certificates that were issued.
 * The root signs nothing but intermediates, so that its key can be taken offline once the tenants exist.
 */
export class Authority {
  readonly #kernel: Kernel;
  readonly #crypto: Crypto;
  readonly #intermediates = new Map<TenantId, Promise<AuthorityKey>>();
  readonly #known: KnownCertificates;
  readonly #responders = new Map<TenantId, Promise<AuthorityKey>>();
  readonly #revocationListeners: ((tenantId: TenantId) => void)[] = [];
  readonly #pkiUrl: () => string;
  #root: AuthorityKey | undefined;

  /** @param pkiUrl where others fetch what was revoked, without a slash at the end; empty while it is not known */
  constructor(kernel: Kernel, crypto: Crypto = nodeCrypto(), pkiUrl: () => string = () => "") {
    this.#kernel = kernel;
    this.#pkiUrl = pkiUrl;
    this.#crypto = crypto;
    this.#known = new KnownCertificates(kernel);
  }

  /** Makes the root at the first start, opens it at every other. */
  async start(): Promise<void> {
    this.#root =
      (await openKey(this.#kernel, PLATFORM, "root")) ??
      (await makeKey(this.#kernel, this.#crypto, PLATFORM, "root", {
        type: "ec-p256",
        subject: { O: "Pomona", CN: "Pomona root" },
        validForMs: ROOT_VALID_MS,
        extensions: { ca: {}, keyUsage: ["keyCertSign", "cRLSign"] },
      }));
  }

  get crypto(): Crypto {
    return this.#crypto;
  }

  /** DER of the root. */
  get rootDer(): Uint8Array {
    return this.#rootKey().certificate.raw;
  }

  get rootPem(): string {
    return encodePem("CERTIFICATE", this.rootDer);
  }

  /** The tenant's own CA, made when it is first asked for. RSA: SCEP encrypts requests to it. */
  intermediate(tenantId: TenantId): Promise<AuthorityKey> {
    let found = this.#intermediates.get(tenantId);
    if (found === undefined) {
      found = this.#openIntermediate(tenantId);
      this.#intermediates.set(tenantId, found);
      found.catch(() => this.#intermediates.delete(tenantId));
    }
    return found;
  }

  /** Key and chain for the doors, made anew when near expiry or when a name is missing. */
  serverTls(names: readonly string[]): Promise<ServerTls> {
    return serverTls(this.#kernel, this.#crypto, {
      root: this.#rootKey(),
      names,
      issuer: () => this.intermediate(PLATFORM),
    });
  }

  /** Signs a certificate without recording it: {@link record} must follow, or it is unknown to everyone. */
  async sign(order: CertificateOrder): Promise<IssuedCertificate> {
    refuseWeakKey(this.#crypto, order.spki);
    const issuer = await this.intermediate(order.tenantId);
    const profile = CERTIFICATE_ROLES[order.role];
    const holder = "deviceId" in order.holder ? order.holder.deviceId : order.holder.enrollmentId;
    const der = issueCertificate(this.#crypto, {
      issuer,
      subject: { O: "Pomona", OU: order.role, CN: holder },
      spki: order.spki,
      notBefore: order.now - BACKDATE_MS,
      notAfter: Math.min(order.now + profile.validForMs, issuer.certificate.notAfter),
      extensions: {
        keyUsage: profile.keyUsage,
        extendedKeyUsage: profile.extendedKeyUsage,
        sanUri: [`urn:pomona:${order.tenantId}:${holder}:${order.role}`],
        ...revocationPointers(this.#pkiUrl(), order.tenantId),
      },
    });
    const certificate = parseCertificate(der);
    return {
      der,
      issuers: [issuer.certificate.raw],
      hash: certificateHash(der),
      tenantId: order.tenantId,
      role: order.role,
      deviceId: "deviceId" in order.holder ? order.holder.deviceId : null,
      enrollmentId: "enrollmentId" in order.holder ? order.holder.enrollmentId : null,
      serial: certificate.serialHex,
      notBefore: certificate.notBefore,
      notAfter: certificate.notAfter,
      revokedAt: null,
      revocationReason: null,
    };
  }

  /** Makes a signed certificate known, in the transaction of what it was granted for. */
  async record(tx: WriteTransaction, issued: IssuedCertificate): Promise<void> {
    await insertCertificate(tx, issued);
    tx.afterCommit(() => this.#known.forget([issued.hash]));
  }

  /** Signs and records. @throws PomonaError `certificate.weak-key` */
  async issueCertificate(order: CertificateOrder): Promise<IssuedCertificate> {
    const issued = await this.sign(order);
    await this.#kernel.store.write(systemScope(order.tenantId, "authority"), (tx) => this.record(tx, issued));
    return issued;
  }

  /**
   * Makes a certificate of another issuer an enrollment's identity: of a Mac that moved here from another MDM server.
   * The caller has asked {@link isKnown}: a certificate belongs to one enrollment.
   */
  async adopt(
    tx: WriteTransaction,
    certificate: Pick<KnownCertificate, "hash" | "serial" | "notBefore" | "notAfter">,
    enrollmentId: string,
  ): Promise<void> {
    const { hash, serial, notBefore, notAfter } = certificate;
    await insertCertificate(tx, {
      hash,
      serial,
      notBefore,
      notAfter,
      tenantId: tx.scope.tenantId,
      role: "mdm",
      deviceId: null,
      enrollmentId,
      revokedAt: null,
      revocationReason: null,
    });
    tx.afterCommit(() => this.#known.forget([hash]));
  }

  /** Whether a certificate is in the table, whoever has it. */
  async isKnown(tx: ReadTransaction, hash: string): Promise<boolean> {
    return (await findCertificate(tx, hash)) !== undefined;
  }

  /** Whose certificate this is, and whether it still counts. */
  identify(der: Uint8Array, now: number): Promise<Identification> {
    return this.#known.find(certificateHash(der), now);
  }

  identifyHash(hash: string, now: number): Promise<Identification> {
    return this.#known.find(hash, now);
  }

  /** What memory knows of a certificate by its hash; undefined when it has to be looked up with {@link identify}. */
  recall(hash: string, now: number): Identification | undefined {
    return this.#known.recall(hash, now);
  }

  /** Revokes certificates in the scope's tenant. Who is connected with one is the caller's to disconnect. */
  async revoke(
    tx: WriteTransaction,
    of: CertificateHolder | { readonly hash: string },
    options: RevokeOptions = {},
  ): Promise<readonly string[]> {
    const hashes = await revokeCertificates(tx, of, options);
    if (hashes.length === 0) return hashes;
    const { tenantId } = tx.scope;
    tx.afterCommit(() => {
      this.#known.forget(hashes);
      for (const listener of this.#revocationListeners) listener(tenantId);
    });
    return hashes;
  }

  /** Called after each commit that revoked certificates of a tenant. */
  onRevoked(listener: (tenantId: TenantId) => void): void {
    this.#revocationListeners.push(listener);
  }

  /** Who signs OCSP answers for a tenant's authority, so that its own RSA key stays off that path (RFC 6960, 4.2.2.2). */
  async ocspResponder(tenantId: TenantId): Promise<AuthorityKey> {
    const now = this.#kernel.clock.now();
    let found = this.#responders.get(tenantId);
    if (found === undefined || (await found).certificate.notAfter - now < RESPONDER_RENEWAL_MS) {
      found = this.#makeResponder(tenantId);
      this.#responders.set(tenantId, found);
      found.catch(() => this.#responders.delete(tenantId));
    }
    return found;
  }

  /** The root's certificate and key, for its revocation list. */
  rootKey(): AuthorityKey {
    return this.#rootKey();
  }

  async #makeResponder(tenantId: TenantId): Promise<AuthorityKey> {
    const kept = await openKey(this.#kernel, tenantId, "ocsp-responder");
    if (kept !== undefined && kept.certificate.notAfter - this.#kernel.clock.now() >= RESPONDER_RENEWAL_MS) return kept;
    return makeKey(this.#kernel, this.#crypto, tenantId, "ocsp-responder", {
      type: "ec-p256",
      subject: { O: "Pomona", OU: tenantId, CN: "Pomona OCSP" },
      validForMs: RESPONDER_VALID_MS,
      issuer: await this.intermediate(tenantId),
      extensions: {
        keyUsage: ["digitalSignature"],
        extendedKeyUsage: [EKU.ocspSigning],
        // Its own status cannot be asked for; it is short-lived instead (RFC 6960, 4.2.2.2.1).
        other: [{ oid: OID.ocspNoCheck, value: Uint8Array.of(5, 0) }],
      },
    });
  }

  async #openIntermediate(tenantId: TenantId): Promise<AuthorityKey> {
    return (
      (await openKey(this.#kernel, tenantId, "intermediate")) ??
      makeKey(this.#kernel, this.#crypto, tenantId, "intermediate", {
        type: "rsa-2048",
        subject: { O: "Pomona", OU: tenantId, CN: "Pomona issuing" },
        validForMs: INTERMEDIATE_VALID_MS,
        issuer: this.#rootKey(),
        // Enciphers and signs as well: SCEP requests are enveloped to it, and its answers signed by it.
        extensions: {
          ca: { pathLength: 0 },
          keyUsage: ["digitalSignature", "keyEncipherment", "keyCertSign", "cRLSign"],
          ...rootPointers(this.#pkiUrl()),
        },
      })
    );
  }

  #rootKey(): AuthorityKey {
    if (this.#root === undefined) throw new Error("the authority was not started");
    return this.#root;
  }
}

function refuseWeakKey(crypto: Crypto, spki: Uint8Array): void {
  let isStrong = false;
  try {
    const key = keyObject(crypto.importPublicKey(spki));
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    isStrong = key.asymmetricKeyType === "ec" || (key.asymmetricKeyType === "rsa" && bits >= 2048 && bits <= 8192);
  } catch {
    isStrong = false;
  }
  if (isStrong) return;
  throw new PomonaError(
    "invalid",
    "certificate.weak-key",
    "The key must be RSA of 2048 bits or more, or a NIST curve.",
  );
}
