import type { IdentityMethod } from "@pomona/contract";

interface IdentityWords {
  readonly value: IdentityMethod;
  readonly label: string;
  readonly description: string;
}

/** The ways in which a Mac gets its identity, and what each is worth. */
export const IDENTITY_METHODS: readonly IdentityWords[] = [
  {
    value: "scep",
    label: "SCEP",
    description: "Any Mac. Whoever holds a fresh profile gets the identity, and its key is a file in a keychain.",
  },
  {
    value: "acme-if-possible",
    label: "ACME where the Mac is known to be able, else SCEP",
    description:
      "A Mac that was here before, with Apple silicon and macOS 14 or later, is attested by Apple; all others enroll by SCEP, so that no enrollment fails for it.",
  },
  {
    value: "acme",
    label: "ACME with attestation, or no enrollment",
    description:
      "The key is made in the Secure Enclave and cannot leave it, and Apple attests that it is in the Mac with the named serial number. Each enrollment link has to name one. Macs with Intel and virtual machines cannot enroll.",
  },
];

export const identityLabel = (method: IdentityMethod): string =>
  IDENTITY_METHODS.find(({ value }) => value === method)?.label ?? method;

/** In a table: `SCEP`, `ACME`. */
export const identityShort = (method: IdentityMethod): string =>
  method === "scep" ? "SCEP" : method === "acme" ? "ACME" : "ACME or SCEP";
