import { makeBundleKeyFiles } from "@pomona/server";
import type { MakeKeyOptions } from "./options.ts";
import { readPassphrase } from "./passphrase.ts";

/** `pomona recovery make-key`; a person types the passphrase twice. */
export async function makeKey({ name, to, passphraseFile }: MakeKeyOptions): Promise<void> {
  const passphrase = await readPassphrase(passphraseFile, "New passphrase (12 characters and more): ");
  const isTyped = passphraseFile === undefined && process.stdin.isTTY;
  if (isTyped && (await readPassphrase(undefined, "Once more: ")) !== passphrase)
    throw new Error("The two are not the same. Nothing was written.");
  console.log((await makeBundleKeyFiles(name, to, passphrase)).join("\n"));
}
