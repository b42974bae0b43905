import { getBoolean, getString } from "@pomona/plist";
import { bypassCodeAt } from "../../model/management-state.ts";
import { acknowledged, formatError, refused } from "../answer.ts";
import type { CommandHandler } from "../command-port.ts";

/** Apple: SetRecoveryLock. An empty password clears it. */
export const setRecoveryLock: CommandHandler = ({ model }, command) => {
  const next = getString(command, "NewPassword");
  if (next === undefined) return formatError("NewPassword is missing.");
  if (model.recoveryLock !== undefined && getString(command, "CurrentPassword") !== model.recoveryLock)
    return refused(1, "MDMClientError", "The existing recovery lock password is not correct.");
  model.recoveryLock = next === "" ? undefined : next;
  return acknowledged();
};

/** Apple: VerifyRecoveryLock. */
export const verifyRecoveryLock: CommandHandler = ({ model }, command) => {
  const password = getString(command, "Password");
  if (password === undefined) return formatError("Password is missing.");
  return acknowledged({ PasswordVerified: model.recoveryLock === password });
};

const PRINTABLE = /^[\x20-\x7e]*$/;

/** Apple: SetFirmwarePassword. It counts from the next start, and until then no other change is taken. */
export const setFirmwarePassword: CommandHandler = ({ model }, command) => {
  const next = getString(command, "NewPassword");
  if (next === undefined || !PRINTABLE.test(next)) return formatError("NewPassword must be printable ASCII.");
  const isPending = model.nextFirmwarePassword !== undefined;
  const isRight =
    model.firmwarePassword === undefined || getString(command, "CurrentPassword") === model.firmwarePassword;
  if (isPending || !isRight) return acknowledged({ SetFirmwarePassword: { PasswordChanged: false } });
  model.nextFirmwarePassword = next;
  model.allowOptionRoms = getBoolean(command, "AllowOroms") ?? false;
  return acknowledged({ SetFirmwarePassword: { PasswordChanged: true } });
};

/** Apple: VerifyFirmwarePassword. */
export const verifyFirmwarePassword: CommandHandler = ({ model }, command) => {
  const password = getString(command, "Password");
  if (password === undefined) return formatError("Password is missing.");
  return acknowledged({ VerifyFirmwarePassword: { PasswordVerified: model.firmwarePassword === password } });
};

/** Apple: ActivationLockBypassCode. */
export const activationLockBypassCode: CommandHandler = ({ model }) => {
  const code = bypassCodeAt(model, Date.now());
  return code === undefined
    ? refused(12_069, "MCMDMErrorDomain", "There is no Activation Lock bypass code.")
    : acknowledged({ ActivationLockBypassCode: code });
};

/** Apple: ClearActivationLockBypassCode. */
export const clearActivationLockBypassCode: CommandHandler = ({ model }) => {
  model.activationLock.bypassCode = undefined;
  return acknowledged();
};
