import type { BundleFiles } from "@pomona/server";
import type { DrillOptions } from "./options.ts";
import { readPassphrase } from "./passphrase.ts";

export const filesOf = ({ bundle, key, certificate, passphraseFile }: DrillOptions): BundleFiles => ({
  bundle,
  key,
  ...(certificate === undefined ? {} : { certificate }),
  passphrase: () => readPassphrase(passphraseFile, `Passphrase of ${key}: `),
});
