import type { MacTools } from "@pomona/agent";
import { isRecoveryKey } from "../model/file-vault.ts";
import type { MacModel } from "../model/mac-model.ts";
import { addAccount } from "../userland/tools/accounts.ts";

/** Keys and accounts as the agent's tools would read them, from the model. */
export const modelEscrow = (model: MacModel): MacTools["escrow"] => ({
  validateRecoveryKey: (key) =>
    Promise.resolve(!model.fileVault ? "unknown" : isRecoveryKey(model, key) ? "right" : "wrong"),
  recoveryKeyEscrow: () =>
    Promise.resolve(model.recovery.cms === undefined ? undefined : Buffer.from(model.recovery.cms, "base64")),
  bootstrapToken: () => Promise.resolve({ isSupported: true, isEscrowed: model.bootstrapToken !== undefined }),
  accounts: () =>
    Promise.resolve(
      model.users
        .map(({ name, admin, hasSecureToken }) => ({
          name,
          isAdmin: admin,
          hasSecureToken,
          isVolumeOwner: hasSecureToken,
        }))
        .slice(0, 50),
    ),
  fileVault: () => Promise.resolve(model.fileVault),
  createAccount: (account) =>
    Promise.resolve(
      addAccount(model, account) === undefined ? `There is an account ${account.name} on this Mac already.` : undefined,
    ),
});
