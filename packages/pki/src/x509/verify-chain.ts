import { equalBytes } from "../bytes.ts";
import type { Crypto } from "../crypto.ts";
import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import type { Certificate } from "./certificate.ts";
import type { ChainFailure, ChainOptions, ChainVerdict } from "./chain-verdict.ts";

/** Longer paths do not occur; together with the budget below this bounds the search in a hostile bag of certificates. */
const pathLimit = 8;
const signatureBudget = 64;

/** Extensions whose demands are checked here; any other critical one refuses the certificate (RFC 5280 section 4.2). */
const understood: readonly string[] = [OID.basicConstraints, OID.keyUsage, OID.extendedKeyUsage, OID.subjectAltName];

/**
 * Looks for a path from the leaf over intermediates to a root (RFC 5280 section 6, without policies, name constraints
 * and revocation). Roots are trusted as given; a root that is itself the leaf is a path of one. `now` in milliseconds.
 */
export function verifyChain(
  crypto: Crypto,
  leaf: Certificate,
  intermediates: readonly Certificate[],
  roots: readonly Certificate[],
  now: number,
  options: ChainOptions = {},
): ChainVerdict {
  const search: Search = { crypto, intermediates, roots, now, options, signaturesLeft: signatureBudget };
  const own = checkAlone(search, leaf, undefined);
  if (own) return { ok: false, reason: own, at: leaf };
  if (roots.some((root) => equalBytes(root.raw, leaf.raw))) return { ok: true, path: [leaf] };
  return extend(search, [leaf]);
}

interface Search {
  readonly crypto: Crypto;
  readonly intermediates: readonly Certificate[];
  readonly roots: readonly Certificate[];
  readonly now: number;
  readonly options: ChainOptions;
  signaturesLeft: number;
}

type Failure = Extract<ChainVerdict, { ok: false }>;

function extend(search: Search, path: readonly Certificate[]): ChainVerdict {
  const child = path[path.length - 1] as Certificate;
  let worst: Failure = { ok: false, reason: "no-issuer", at: child };
  for (const candidates of [search.roots, search.intermediates]) {
    for (const issuer of candidates) {
      if (
        !equalBytes(issuer.subject.der, child.issuer.der) ||
        path.some((earlier) => equalBytes(earlier.raw, issuer.raw))
      )
        continue;
      const failure = path.length >= pathLimit ? "path-too-long" : checkIssuer(search, path, child, issuer);
      if (failure) {
        if (worst.at === child)
          worst = { ok: false, reason: failure, at: failure === "bad-signature" ? child : issuer };
        continue;
      }
      const longer = [...path, issuer];
      const verdict: ChainVerdict = candidates === search.roots ? { ok: true, path: longer } : extend(search, longer);
      if (verdict.ok) return verdict;
      if (worst.reason === "no-issuer" || worst.at === child) worst = verdict;
    }
  }
  return worst;
}

function checkIssuer(
  search: Search,
  path: readonly Certificate[],
  child: Certificate,
  issuer: Certificate,
): ChainFailure | undefined {
  if (!issuer.isCa || (issuer.keyUsage && !issuer.keyUsage.includes("keyCertSign"))) return "issuer-not-ca";
  if (child.aki && issuer.ski && !equalBytes(child.aki, issuer.ski)) return "no-issuer";
  // Self-issued certificates do not count (RFC 5280 section 4.2.1.9).
  const below = path.slice(1).filter((ca) => !equalBytes(ca.subject.der, ca.issuer.der)).length;
  if (issuer.pathLength !== undefined && below > issuer.pathLength) return "path-too-long";
  return checkAlone(search, issuer, child) ?? checkSignature(search, child, issuer);
}

function checkAlone(
  { now, options }: Search,
  certificate: Certificate,
  child: Certificate | undefined,
): ChainFailure | undefined {
  const isLeaf = child === undefined;
  if (now < certificate.notBefore) return "not-yet-valid";
  if (now > certificate.notAfter && !(isLeaf ? options.allowExpiredLeaf : options.allowExpiredCa)) return "expired";
  if (options.eku !== undefined) {
    const usages = certificate.extendedKeyUsage ?? (isLeaf ? [] : [options.eku]);
    if (!usages.includes(options.eku)) return "wrong-usage";
  }
  const stranger = certificate.extensions.some(
    (extension) => extension.isCritical && !understood.includes(extension.oid),
  );
  return stranger ? "unknown-critical-extension" : undefined;
}

function checkSignature(search: Search, child: Certificate, issuer: Certificate): ChainFailure | undefined {
  if (child.signatureAlgorithm === undefined) return "unsupported-algorithm";
  if (search.signaturesLeft-- <= 0) return "path-too-long";
  try {
    const key = search.crypto.importPublicKey(issuer.spki);
    return search.crypto.verify(key, child.signatureAlgorithm, child.tbs, child.signature)
      ? undefined
      : "bad-signature";
  } catch (error) {
    if (error instanceof PkiError) return "unsupported-algorithm";
    throw error;
  }
}
