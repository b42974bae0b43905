import type { SecretKind } from "@pomona/facts";

/** What can be done with a kind of secret, and on which Macs it exists. */
export interface KindRow {
  /** In the middle of a sentence. */
  readonly words: string;
  /** Whether people may ever see it. */
  readonly isRevealable: boolean;
  /** The command that replaces it. */
  readonly rotatedBy: string | null;
  /** How it is proved on the Mac: by the agent or by a command. */
  readonly provedBy: "agent" | "command" | null;
  readonly chip: "apple" | "intel" | null;
  readonly policy: Policy;
}

/** How a kind is kept in a tenant; see the contract's RotationPolicy. */
export interface Policy {
  readonly isAutomatic: boolean;
  readonly everyDays: number | null;
  readonly afterRevealMinutes: number | null;
  readonly keepOldDays: number;
}

const asked: Policy = { isAutomatic: false, everyDays: null, afterRevealMinutes: null, keepOldDays: 365 };
const byItself: Policy = { ...asked, isAutomatic: true };

/** Every kind, with how it is kept where the tenant has not said otherwise. */
export const KINDS: Readonly<Record<SecretKind, KindRow>> = {
  bootstrapToken: {
    words: "bootstrap token",
    isRevealable: false,
    rotatedBy: null,
    provedBy: "agent",
    chip: null,
    policy: byItself,
  },
  fileVaultKey: {
    words: "FileVault recovery key",
    isRevealable: true,
    rotatedBy: "RotateFileVaultKey",
    provedBy: "agent",
    chip: null,
    policy: { ...byItself, afterRevealMinutes: 60 },
  },
  recoveryLock: {
    words: "recovery lock",
    isRevealable: true,
    rotatedBy: "SetRecoveryLock",
    provedBy: "command",
    chip: "apple",
    policy: { ...asked, afterRevealMinutes: 60 },
  },
  firmwarePassword: {
    words: "firmware password",
    isRevealable: true,
    rotatedBy: "SetFirmwarePassword",
    provedBy: "command",
    chip: "intel",
    // It takes a restart to count, so it is not replaced behind somebody who is just using it.
    policy: asked,
  },
  lockPin: { words: "lock PIN", isRevealable: true, rotatedBy: null, provedBy: null, chip: null, policy: byItself },
  adminPassword: {
    words: "managed administrator's password",
    isRevealable: true,
    rotatedBy: "SetAutoAdminPassword",
    provedBy: null,
    chip: null,
    policy: { ...asked, afterRevealMinutes: 60 },
  },
  accountPassword: {
    words: "password of an account that was made",
    isRevealable: true,
    rotatedBy: null,
    provedBy: null,
    chip: null,
    policy: byItself,
  },
  activationLockDevice: {
    words: "activation lock bypass code of the Mac",
    isRevealable: true,
    rotatedBy: null,
    provedBy: null,
    chip: null,
    policy: byItself,
  },
  activationLockOurs: {
    words: "activation lock bypass code of ours",
    isRevealable: true,
    rotatedBy: null,
    provedBy: null,
    chip: null,
    policy: asked,
  },
};

export const ALL_KINDS = Object.keys(KINDS) as readonly SecretKind[];
