import { hash } from "node:crypto";
import type { TenantId } from "@pomona/facts";
import { createSignedData, decodePem, issueCertificate, parseCertificate, type Signer } from "@pomona/pki";
import { generateKeyPair } from "@pomona/pki/node";
import { ALL_RIGHTS, buildEnrollmentProfile, CAPABILITIES, type MdmTerms } from "@pomona/profiles";
import type { Kernel } from "../../kernel/feature.ts";
import type { Authority } from "../tenants/index.ts";
import type { GrantMethod } from "./identity-method.ts";
import { stableUuid } from "./model.ts";
import type { DoorUrls } from "./ports.ts";

const DAY = 86_400_000;

/** Makes signed enrollment profiles. */
export class ProfileBuilder {
  readonly #kernel: Kernel;
  readonly #authority: Authority;
  readonly #urls: () => DoorUrls;
  readonly #signers = new Map<TenantId, { readonly signer: Signer; readonly chain: readonly Uint8Array[] }>();

  constructor(kernel: Kernel, authority: Authority, urls: () => DoorUrls) {
    this.#kernel = kernel;
    this.#authority = authority;
    this.#urls = urls;
  }

  /**
   * The profile of one enrollment as CMS. `generation` counts its identities: a renewal repeats all UUIDs but that of the
   * identity, so that the Mac takes it for the same profile with a new certificate.
   */
  async enrollmentProfile(spec: {
    readonly tenantId: TenantId;
    readonly organization: string;
    readonly enrollmentId: string;
    readonly generation: number;
    /** How the challenge is redeemed: at SCEP, or as the ClientIdentifier of ACME with attestation. Default `scep`. */
    readonly method?: GrantMethod;
    readonly challenge: string;
    readonly topic: string;
    /** What the Mac holds the profile of already agreed: it is kept, wherever this server is reached by now. */
    readonly replaces?: MdmTerms;
  }): Promise<Uint8Array> {
    const { device, root } = this.#urls();
    const roots = [this.#authority.rootDer, ...othersThan(this.#authority.rootDer, root)];
    const issuer = (await this.#authority.intermediate(spec.tenantId)).certificate.raw;
    const uuid = (word: string) => stableUuid(spec.enrollmentId, word);
    const subject = [
      ["O", "Pomona"],
      ["CN", spec.enrollmentId],
    ] as const;
    const installed = spec.replaces?.installedAs;
    const profile = buildEnrollmentProfile({
      identifier: installed?.identifier ?? `io.pomona.enrollment.${spec.tenantId}`,
      ...(installed === undefined ? {} : { mdmIdentifier: installed.mdmIdentifier }),
      organization: spec.organization,
      uuids: {
        profile: installed?.uuid ?? uuid("profile"),
        mdm: installed?.mdmUuid ?? uuid("mdm"),
        identity: uuid(`${spec.method ?? "scep"} ${spec.generation}`),
        roots: roots.map((_, index) => uuid(index === 0 ? "root" : `root ${index}`)),
        intermediates: [uuid("intermediate")],
      },
      rootCertificates: roots,
      intermediateCertificates: [issuer],
      identity:
        spec.method === "acme"
          ? {
              method: "acme",
              directoryUrl: `${device}/acme/${spec.tenantId}/directory`,
              clientIdentifier: spec.challenge,
              subject,
            }
          : {
              method: "scep",
              url: `${device}/scep/${spec.tenantId}`,
              name: "Pomona",
              challenge: spec.challenge,
              subject,
              // Apple takes MD5 or SHA-1 here and nothing longer.
              caFingerprint: hash("sha1", issuer, "buffer"),
            },
      mdm: spec.replaces ?? this.terms(spec.topic),
      ...(spec.replaces === undefined ? {} : { replaces: spec.replaces }),
    });
    return this.sign(spec.tenantId, profile);
  }

  /** What a new enrollment on this topic agrees with its Mac. */
  terms(topic: string): MdmTerms {
    const { device } = this.#urls();
    return {
      serverUrl: `${device}/mdm`,
      checkInUrl: `${device}/checkin`,
      topic,
      accessRights: ALL_RIGHTS,
      capabilities: CAPABILITIES,
    };
  }

  /** Signs any profile of the tenant, so that a Mac shows it as verified. */
  async sign(tenantId: TenantId, profile: Uint8Array): Promise<Uint8Array> {
    const { signer, chain } = await this.#signerOf(tenantId);
    return createSignedData(this.#authority.crypto, {
      content: profile,
      signer,
      extraCertificates: chain,
      signingTime: this.#kernel.clock.now(),
    });
  }

  /** A key of this process alone: it proves where a profile came from, and nothing depends on it later. */
  async #signerOf(tenantId: TenantId) {
    const held = this.#signers.get(tenantId);
    const now = this.#kernel.clock.now();
    if (held !== undefined && held.signer.certificate.notAfter - now > 30 * DAY) return held;
    const issuer = await this.#authority.intermediate(tenantId);
    const key = generateKeyPair("ec-p256");
    const certificate = parseCertificate(
      issueCertificate(this.#authority.crypto, {
        issuer,
        subject: { O: "Pomona", OU: tenantId, CN: "Pomona profile signing" },
        spki: this.#authority.crypto.publicKeyOf(key),
        notBefore: now - DAY,
        notAfter: now + 365 * DAY,
        extensions: { keyUsage: ["digitalSignature"] },
      }),
    );
    const made = { signer: { certificate, key }, chain: [issuer.certificate.raw] };
    this.#signers.set(tenantId, made);
    return made;
  }
}

/** The roots of the doors that are not our own: an operator's certificate is trusted as well. */
const othersThan = (own: Uint8Array, pem: string): Uint8Array[] =>
  pem === ""
    ? []
    : decodePem(pem, "CERTIFICATE")
        .map(({ der }) => der)
        .filter((der) => !Buffer.from(der).equals(own));
