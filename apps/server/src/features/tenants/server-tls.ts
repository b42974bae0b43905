import { isIP } from "node:net";
import { type Crypto, encodePem } from "@pomona/pki";
import { privateKeyToPem } from "@pomona/pki/node";
import type { Kernel } from "../../kernel/feature.ts";
import { PLATFORM } from "../../kernel/scope.ts";
import { type AuthorityKey, makeKey, openKey } from "./authority-keys.ts";
import { CERTIFICATE_ROLES, SERVER_RENEWAL_MS } from "./authority-roles.ts";

/** What a TLS door needs, in PEM. `certificate` holds the leaf and its issuer; `ca` is the root that clients trust. */
export interface ServerTls {
  readonly key: string;
  readonly certificate: string;
  readonly ca: string;
}

/** The loopback names are always there: this machine's own tools use them. */
const ALWAYS = ["localhost", "127.0.0.1", "::1"];

export async function serverTls(
  kernel: Kernel,
  crypto: Crypto,
  spec: {
    readonly root: AuthorityKey;
    readonly names: readonly string[];
    readonly issuer: () => Promise<AuthorityKey>;
  },
): Promise<ServerTls> {
  const names = [...new Set([...spec.names, ...ALWAYS])].filter((name) => name !== "0.0.0.0" && name !== "::");
  const issuer = await spec.issuer();
  const kept = await openKey(kernel, PLATFORM, "server-tls");
  const leaf =
    kept !== undefined && isStillGood(kept, names, kernel.clock.now())
      ? kept
      : await makeKey(kernel, crypto, PLATFORM, "server-tls", {
          type: "ec-p256",
          subject: { O: "Pomona", CN: names[0]! },
          validForMs: CERTIFICATE_ROLES.server.validForMs,
          issuer,
          extensions: {
            keyUsage: ["digitalSignature"],
            extendedKeyUsage: CERTIFICATE_ROLES.server.extendedKeyUsage,
            sanDns: names.filter((name) => isIP(name) === 0),
            sanIp: names.filter((name) => isIP(name) !== 0),
          },
        });
  return {
    key: privateKeyToPem(leaf.key),
    certificate: encodePem("CERTIFICATE", leaf.certificate.raw) + encodePem("CERTIFICATE", issuer.certificate.raw),
    ca: encodePem("CERTIFICATE", spec.root.certificate.raw),
  };
}

function isStillGood(leaf: AuthorityKey, names: readonly string[], now: number): boolean {
  const { sanDns, sanIp, notAfter } = leaf.certificate;
  const held = new Set([...sanDns, ...sanIp]);
  // Addresses are compared as they were written into the certificate; IPv6 may come back in another form.
  return (
    notAfter - now > SERVER_RENEWAL_MS && names.every((name) => held.has(name) || (name === "::1" && sanIp.length > 1))
  );
}
