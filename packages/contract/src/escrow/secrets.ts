import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, nullable, oneOf, page, Time } from "../shapes.ts";

/**
 * What is kept in escrow. `bootstrapToken` is for the Mac alone and never shown to people. `activationLockDevice` is the bypass
 * code that the Mac made, `activationLockOurs` the one that we made. `accountPassword` opens an account that we created.
 */
export const SecretKind = oneOf(
  "bootstrapToken",
  "fileVaultKey",
  "recoveryLock",
  "firmwarePassword",
  "lockPin",
  "adminPassword",
  "accountPassword",
  "activationLockDevice",
  "activationLockOurs",
);
export type SecretKind = Static<typeof SecretKind>;

/** `pending`: sent or received, not confirmed by the Mac. `current`: confirmed. `old`: history. */
export const SecretSlot = oneOf("pending", "current", "old");
export type SecretSlot = Static<typeof SecretSlot>;

/** What the last proof on the Mac said: `right`, `wrong`, or `unknown` when there was none or it could not be had. */
export const Verdict = oneOf("right", "wrong", "unknown");

export const RotationState = oneOf("scheduled", "waiting", "sent", "validating", "done", "failed");

/** One value that is held; never the value itself. */
export const SecretValue = closed({
  id: Id,
  slot: SecretSlot,
  /** When it reached us. */
  since: Time,
  /** How it reached us, as `SecurityInfo`, `agent`, `RotateFileVaultKey`, `DeviceLock`. */
  source: Type.String(),
  /** When it stopped being the current one. */
  retiredAt: nullable(Time),
  verifiedAt: nullable(Time),
  verdict: Verdict,
  /** Whether it could still be opened when that was last tried, and when. */
  opens: nullable(Type.Boolean()),
  openedAt: nullable(Time),
  revealedAt: nullable(Time),
  /** What goes with it: the account of a password, the reason why a Mac did not take it. */
  note: nullable(Type.String()),
});
export type SecretValue = Static<typeof SecretValue>;

/** One kind of secret of a Mac. */
export const Secret = closed({
  kind: SecretKind,
  /**
   * `held`: we have the one that the Mac confirmed. `unconfirmed`: one is held that the Mac has not confirmed. `missing`: the
   * Mac has none here, and could. `broken`: what is held does not open or does not fit the Mac. `notPossible`: not for this Mac.
   */
  state: oneOf("held", "unconfirmed", "missing", "broken", "notPossible"),
  /** When the value that counts reached us. */
  since: nullable(Time),
  isRevealable: Type.Boolean(),
  canRotate: Type.Boolean(),
  canVerify: Type.Boolean(),
  lastVerifiedAt: nullable(Time),
  verdict: Verdict,
  lastRevealedAt: nullable(Time),
  nextRotationAt: nullable(Time),
  /** Only for what macOS hands out for a while: the device's own bypass code. */
  expiresAt: nullable(Time),
  /** The rotation that is under way, or the last one. */
  rotation: nullable(
    closed({ state: RotationState, reason: Type.String(), since: Time, error: nullable(Type.String()) }),
  ),
  /** What to do next, in a sentence, when something is missing or wrong. */
  advice: nullable(Type.String()),
  /** Pending and current first, then what was before, newest first. */
  values: Type.Array(SecretValue),
});
export type Secret = Static<typeof Secret>;

export const listSecrets = defineAction({
  name: "escrow.list-secrets",
  summary: "List what is kept in escrow for a Mac, without the secrets themselves",
  method: "GET",
  path: "/devices/{deviceId}/secrets",
  risk: "read",
  input: closed({ deviceId: Id }),
  output: page(Secret),
  auditable: [],
});

export const rotateSecret = defineAction({
  name: "escrow.rotate-secret",
  summary: "Replace a secret of a Mac now",
  method: "POST",
  path: "/devices/{deviceId}/secrets/rotation",
  risk: "rootEquivalent",
  input: closed({
    deviceId: Id,
    kind: oneOf("fileVaultKey", "recoveryLock", "firmwarePassword", "adminPassword"),
  }),
  output: closed({ state: RotationState, waitsFor: nullable(Type.String()) }),
  auditable: ["deviceId", "kind"],
  status: 202,
});

export const verifySecret = defineAction({
  name: "escrow.verify-secret",
  summary: "Prove on the Mac that a secret still fits",
  method: "POST",
  path: "/devices/{deviceId}/secrets/verification",
  risk: "change",
  input: closed({
    deviceId: Id,
    kind: oneOf("bootstrapToken", "fileVaultKey", "recoveryLock", "firmwarePassword", "activationLockDevice"),
  }),
  output: closed({ waitsFor: Type.String() }),
  auditable: ["deviceId", "kind"],
  status: 202,
});

export const clearSecret = defineAction({
  name: "escrow.clear-secret",
  summary: "Take a recovery lock or a firmware password off a Mac",
  method: "POST",
  path: "/devices/{deviceId}/secrets/clearing",
  risk: "rootEquivalent",
  input: closed({ deviceId: Id, kind: oneOf("recoveryLock", "firmwarePassword") }),
  output: closed({ waitsFor: Type.String() }),
  auditable: ["deviceId", "kind"],
  status: 202,
});
