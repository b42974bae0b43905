import { type Static, type TObject, Type } from "typebox";
import { type ActionContract, defineAction } from "../action-contract.ts";
import { closed, Id, nullable, oneOf, Time } from "../shapes.ts";
import { SecretKind, SecretSlot } from "./secrets.ts";

/** Why someone looks: it is kept in the audit trail, so it must say something. */
export const RevealReason = Type.String({ minLength: 10, maxLength: 500, pattern: "\\S.*\\S" });

/** The value in the open. Whoever gets this keeps it in no cache, log or history. */
export const RevealedSecret = closed({
  secretId: Id,
  kind: SecretKind,
  slot: SecretSlot,
  value: Type.String(),
  since: Time,
  /** When it will be replaced because it was seen; null where the kind is not rotated. */
  rotatesAt: nullable(Time),
});
export type RevealedSecret = Static<typeof RevealedSecret>;

const given = {
  deviceId: Id,
  reason: RevealReason,
  /** A value of the history; the one that counts when not given. */
  secretId: Type.Optional(Id),
};

const revealAction = <Input extends TObject>(
  contract: Pick<ActionContract<Input>, "name" | "summary" | "path" | "input" | "auditable">,
): ActionContract<Input, typeof RevealedSecret> =>
  defineAction({
    ...contract,
    method: "POST",
    risk: "rootEquivalent",
    output: RevealedSecret,
    auditRead: true,
    noStore: true,
  } as ActionContract<Input, typeof RevealedSecret>);

export const revealRecoveryKey = revealAction({
  name: "escrow.reveal-recovery-key",
  summary: "Show the FileVault recovery key of a Mac",
  path: "/devices/{deviceId}/secrets/recovery-key/reveal",
  input: closed(given),
  auditable: ["deviceId", "reason", "secretId"],
});

export const revealPassword = revealAction({
  name: "escrow.reveal-password",
  summary: "Show a password of a Mac: recovery lock, firmware or an account of ours",
  path: "/devices/{deviceId}/secrets/password/reveal",
  input: closed({ ...given, kind: oneOf("recoveryLock", "firmwarePassword", "adminPassword", "accountPassword") }),
  auditable: ["deviceId", "kind", "reason", "secretId"],
});

export const revealLockPin = revealAction({
  name: "escrow.reveal-lock-pin",
  summary: "Show the PIN with which a Mac was locked",
  path: "/devices/{deviceId}/secrets/lock-pin/reveal",
  input: closed(given),
  auditable: ["deviceId", "reason", "secretId"],
});

export const revealBypassCode = revealAction({
  name: "escrow.reveal-bypass-code",
  summary: "Show the activation lock bypass code of a Mac",
  path: "/devices/{deviceId}/secrets/bypass-code/reveal",
  input: closed({ ...given, kind: oneOf("activationLockDevice", "activationLockOurs") }),
  auditable: ["deviceId", "kind", "reason", "secretId"],
});
