import {
  BootstrapTokenData,
  RecoveryKeyEscrowData,
  SecureTokenData,
  ValidateRecoveryKeyData,
} from "@pomona/agent-protocol";
import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";

/** An order's data comes from outside: what does not have the shape is nothing. */
const reads = <Schema extends TSchema>(schema: Schema) => {
  const validator = Compile(schema);
  return (data: unknown): Static<Schema> | undefined => (validator.Check(data) ? (data as Static<Schema>) : undefined);
};

export const readProof = reads(ValidateRecoveryKeyData);
export const readEscrowFile = reads(RecoveryKeyEscrowData);
export const readTokenStatus = reads(BootstrapTokenData);
export const readAccountStatus = reads(SecureTokenData);
export type AccountFindings = Static<typeof SecureTokenData>;
