import { readFile, stat } from "node:fs/promises";
import { createAccount } from "./create-account.ts";
import type { EscrowTools } from "./mac-tools.ts";
import { readAccounts } from "./read-accounts.ts";
import { readBootstrapToken } from "./read-bootstrap-token.ts";
import { readFileVault } from "./read-filevault.ts";
import type { ToolBox } from "./run-tool.ts";
import { validateRecoveryKey } from "./validate-recovery-key.ts";

/** Where macOS leaves the recovery key, encrypted to the certificate of the escrow profile. */
const ESCROW_FILE = "/var/db/FileVaultPRK.dat";
const MAX_ESCROW_BYTES = 32_768;

/** @param root stands before the path of the file that is read */
export const escrowTools = (tools: ToolBox, root: string): EscrowTools => ({
  validateRecoveryKey: (key) => validateRecoveryKey(tools, key),
  recoveryKeyEscrow: async () => {
    try {
      const { size } = await stat(root + ESCROW_FILE);
      return size === 0 || size > MAX_ESCROW_BYTES ? undefined : await readFile(root + ESCROW_FILE);
    } catch {
      return undefined;
    }
  },
  bootstrapToken: () => readBootstrapToken(tools),
  accounts: () => readAccounts(tools),
  fileVault: () => readFileVault(tools),
  createAccount: (account) => createAccount(tools, account),
});
