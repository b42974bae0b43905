import { existsSync } from "node:fs";
import path from "node:path";
import { lockInstance } from "../adapters/store/instance-lock.ts";
import { FileVault } from "../adapters/vault/file-vault.ts";
import { rotateMasterKey } from "../adapters/vault/rotate-master-key.ts";
import type { ServerConfig } from "../config.ts";
import type { Log } from "../kernel/feature.ts";

export type KeyConfig = Pick<ServerConfig, "dataDir" | "masterKey" | "previousMasterKey">;

const optionsOf = ({ dataDir, masterKey, previousMasterKey }: KeyConfig) => ({
  dir: path.join(dataDir, "keys"),
  ...(masterKey === undefined ? {} : { masterKey }),
  ...(previousMasterKey === undefined ? {} : { previousMasterKey }),
});

/** The vault as the server starts with it. @throws Error in words, when the master key is not the one */
export function openVault(config: KeyConfig, log: Log): FileVault {
  const vault = new FileVault(optionsOf(config));
  if (vault.rewrapped > 0) log.info("vault.master-key-changed", { dataKeys: vault.rewrapped });
  return vault;
}

/** The keys beside a running server, which may be theirs: nothing is written. */
export const readVault = (config: KeyConfig): FileVault => new FileVault({ ...optionsOf(config), isReadOnly: true });

/**
 * Replaces the master key of a stopped server's folder. One in a file is made here; one in the environment is made by whoever
 * keeps it, and taken over with both at hand.
 * @returns what was done, for people
 */
export function changeMasterKey(config: KeyConfig): string {
  const options = optionsOf(config);
  if (!existsSync(path.join(options.dir, "data-keys.json")))
    throw new Error(`${config.dataDir} has no keys. Set POMONA_DATA to the data folder of the server.`);
  const unlock = lockInstance(config.dataDir);
  try {
    if (config.previousMasterKey !== undefined) {
      const { rewrapped } = new FileVault(options);
      return rewrapped === 0
        ? "Nothing is wrapped by the key in POMONA_MASTER_KEY_PREVIOUS any more. Take it away."
        : `The master key was replaced: ${rewrapped} data keys are wrapped anew. Take POMONA_MASTER_KEY_PREVIOUS away.`;
    }
    if (config.masterKey !== undefined)
      throw new Error(
        "The master key comes from POMONA_MASTER_KEY. Make a new one (openssl rand -base64 32), put it there, and the old one into " +
          "POMONA_MASTER_KEY_PREVIOUS; then run this again, or just start the server.",
      );
    rotateMasterKey(options);
    return `The master key in ${options.dir} was replaced. Put a copy of that folder where the old copy was; the old one opens nothing new.`;
  } finally {
    unlock();
  }
}
