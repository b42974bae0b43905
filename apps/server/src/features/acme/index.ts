export { type AttestedClaims } from "./attestation-claims.ts";
export { attestationRoots } from "./attestation-roots.ts";
export { acmeSealed } from "./orders.sql.ts";
export { type AttestedAnswer, takeAttestation } from "./take-attestation.ts";
export {
  type AttestationFailure,
  type AttestationQuestion,
  type AttestationVerdict,
  verifyAttestation,
} from "./verify-attestation.ts";
