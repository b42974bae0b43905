import type { AttestationRefusal } from "@pomona/contract";

const WORDS: Readonly<Record<AttestationRefusal["reason"], string>> = {
  "not-given": "it gave no attestation: it has none, or did not reach Apple",
  "no-nonce": "the command had no attestationNonce, so the answer may be an old one",
  "unknown-mac": "its serial number is not known here",
  "another-mac": "Apple attested another Mac's serial number",
  "no-roots": "this server has no attestation root (POMONA_ATTESTATION_ROOTS)",
  "no-chain": "the attestation is empty",
  "too-long": "the attestation is longer than any of Apple's",
  "unreadable-certificate": "the attestation holds no readable certificates",
  untrusted: "the attestation does not lead to Apple's root",
  expired: "the attestation has expired",
  "leaf-is-ca": "the attestation is an authority's certificate",
  "no-freshness": "the attestation does not say for which nonce it was made",
  stale: "the attestation was made for another nonce, so it may be an old one",
  "no-serial-number": "the attestation names no Mac",
};

/** Why an answer proves nothing; the reasons are the server's. */
export const refusedAttestationWord = (reason: string): string =>
  WORDS[reason as AttestationRefusal["reason"]] ?? reason;
