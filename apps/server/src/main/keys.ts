import { existsSync } from "node:fs";
import path from "node:path";
import { AwsKms } from "../adapters/kms/aws-kms.ts";
import { awsCredentials } from "../adapters/kms/credentials.ts";
import { lockInstance } from "../adapters/store/instance-lock.ts";
import { refuseOpenFile } from "../adapters/vault/durable-file.ts";
import { FileVault, type FileVaultOptions } from "../adapters/vault/file-vault.ts";
import { mastersFromKms } from "../adapters/vault/kms-master.ts";
import { decodeMaster } from "../adapters/vault/master-key.ts";
import { rotateMasterKey } from "../adapters/vault/rotate-master-key.ts";
import type { ServerConfig } from "../config.ts";
import type { Log } from "../kernel/feature.ts";
import type { KeyOps } from "../kernel/secret.ts";

export type KeyConfig = Pick<ServerConfig, "dataDir" | "masterKey" | "previousMasterKey" | "kms">;

/** AWS KMS, reached when something is asked of it. */
export const kmsOf = ({ kms = {} }: Pick<ServerConfig, "kms">): KeyOps =>
  new AwsKms({
    credentials: awsCredentials(kms.credentials, process.env, refuseOpenFile),
    ...(kms.url === undefined ? {} : { url: kms.url }),
    ...(kms.ca === undefined ? {} : { ca: kms.ca }),
  });

const foldersOf = ({ dataDir }: KeyConfig): string => path.join(dataDir, "keys");

/** The vault as the configuration has it; a KMS is asked before anything is opened. @throws Error in words */
async function open(
  config: KeyConfig,
  how: { readonly isReadOnly?: true; readonly isRotation?: boolean } = {},
): Promise<FileVault> {
  const { masterKey, previousMasterKey } = config;
  const dir = foldersOf(config);
  const kms = kmsOf(config);
  const keyId = config.kms?.masterKey;
  const options: FileVaultOptions = {
    dir,
    kms,
    ...(previousMasterKey === undefined ? {} : { previousMasterKey }),
    ...(how.isReadOnly === true ? { isReadOnly: true } : {}),
  };
  if (keyId === undefined) return new FileVault({ ...options, ...(masterKey === undefined ? {} : { masterKey }) });
  const { masters, settle } = await mastersFromKms({ dir, keyId, kms, ...how });
  // Both are set: the way back from the KMS.
  const back = masterKey === undefined ? undefined : decodeMaster(masterKey);
  const vault = new FileVault({
    ...options,
    masters: back === undefined ? masters : { target: back, others: [masters.target, ...masters.others] },
  });
  if (how.isReadOnly !== true) settle();
  return vault;
}

/** The vault as the server starts with it. @throws Error in words, when the master key is not the one */
export async function openVault(config: KeyConfig, log: Log): Promise<FileVault> {
  const vault = await open(config);
  if (vault.rewrapped > 0) log.info("vault.master-key-changed", { dataKeys: vault.rewrapped });
  return vault;
}

/** The keys beside a running server, which may be theirs: nothing is written. */
export const readVault = (config: KeyConfig): Promise<FileVault> => open(config, { isReadOnly: true });

/**
 * Replaces the master key of a stopped server's folder. One in a file, or one that a KMS opens, is made here; one in the
 * environment is made by whoever keeps it, and taken over with both at hand.
 * @returns what was done, for people
 */
export async function changeMasterKey(config: KeyConfig): Promise<string> {
  const dir = foldersOf(config);
  if (!existsSync(path.join(dir, "data-keys.json")))
    throw new Error(`${config.dataDir} has no keys. Set POMONA_DATA to the data folder of the server.`);
  const unlock = lockInstance(config.dataDir);
  try {
    return await change(config, dir);
  } finally {
    unlock();
  }
}

async function change(config: KeyConfig, dir: string): Promise<string> {
  const { masterKey, previousMasterKey, kms } = config;
  if (previousMasterKey !== undefined || (masterKey !== undefined && kms?.masterKey !== undefined)) {
    const { rewrapped } = await open(config);
    const old = previousMasterKey === undefined ? "POMONA_KMS_MASTER_KEY" : "POMONA_MASTER_KEY_PREVIOUS";
    return rewrapped === 0
      ? `Nothing is wrapped by what ${old} names any more. Take it away.`
      : `The master key was replaced: ${rewrapped} data keys are wrapped anew. Take ${old} away.`;
  }
  if (masterKey !== undefined)
    throw new Error(
      "The master key comes from POMONA_MASTER_KEY. Make a new one (openssl rand -base64 32), put it there, and the old one into " +
        "POMONA_MASTER_KEY_PREVIOUS; then run this again, or just start the server.",
    );
  if (kms?.masterKey === undefined) rotateMasterKey({ dir });
  else await open(config, { isRotation: true });
  return `The master key in ${dir} was replaced. Put a copy of that folder where the old copy was; the old one opens nothing new.`;
}
