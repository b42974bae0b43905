import {
  type InputOf,
  type RevealedSecret,
  revealBypassCode,
  revealLockPin,
  revealPassword,
  revealRecoveryKey,
  type SecretKind,
} from "@pomona/contract";
import { type CallOptions, call } from "../../client/call.ts";

/** The action that shows this kind of secret; null for what people never see. */
export const revealActionOf = (kind: SecretKind) => {
  if (kind === "bootstrapToken") return null;
  if (kind === "fileVaultKey") return revealRecoveryKey;
  if (kind === "lockPin") return revealLockPin;
  if (kind === "activationLockDevice" || kind === "activationLockOurs") return revealBypassCode;
  return revealPassword;
};

type Asked = InputOf<typeof revealRecoveryKey>;

/**
 * Shows a secret. It goes round the cache of answers on purpose: the value lives only where it is shown.
 * @throws ProblemError
 */
export const reveal = (
  kind: Exclude<SecretKind, "bootstrapToken">,
  asked: Asked,
  options: CallOptions,
): Promise<RevealedSecret> => {
  if (kind === "fileVaultKey") return call(revealRecoveryKey, asked, options);
  if (kind === "lockPin") return call(revealLockPin, asked, options);
  if (kind === "activationLockDevice" || kind === "activationLockOurs")
    return call(revealBypassCode, { ...asked, kind }, options);
  return call(revealPassword, { ...asked, kind }, options);
};
