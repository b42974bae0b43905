export { type AttestedClaims } from "./attestation-claims.ts";
export {
  type AttestationFailure,
  type AttestationQuestion,
  type AttestationVerdict,
  verifyAttestation,
} from "./verify-attestation.ts";
