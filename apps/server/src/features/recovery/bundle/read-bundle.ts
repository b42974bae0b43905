import { createHash } from "node:crypto";
import { type Certificate, openEnvelopedData, PkiError, type PrivateKeyHandle } from "@pomona/pki";
import { nodeCrypto } from "@pomona/pki/node";
import type { BundleLine } from "./lines.ts";

/** A bundle key that somebody keeps away from the server. */
export interface BundleKey {
  readonly certificate: Certificate;
  readonly key: PrivateKeyHandle;
}

/** Opens a bundle and proves that all of it is there. @throws Error in words, without a word of what is inside */
export function readBundle(bytes: Uint8Array, { certificate, key }: BundleKey): readonly BundleLine[] {
  let content: Uint8Array;
  try {
    content = openEnvelopedData(nodeCrypto(), bytes, certificate, key).content;
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new Error(WHY[error.code] ?? "This is no recovery bundle, or it is damaged.", { cause: error });
  }
  return linesOf(Buffer.from(content).toString("utf8"));
}

const WHY: Readonly<Record<string, string>> = {
  "cms.recipient": "The bundle was not encrypted to this certificate. Take the bundle key that it was made for.",
  "cms.decrypt":
    "The key does not open the bundle: it is another key than the certificate's, or the bundle is damaged.",
};

function linesOf(text: string): readonly BundleLine[] {
  const cut = text.lastIndexOf("\n", text.length - 2) + 1;
  let lines: readonly BundleLine[];
  try {
    lines = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as BundleLine);
  } catch {
    throw new Error("The bundle opens, but what is inside is damaged.");
  }
  const [first, last] = [lines.at(0), lines.at(-1)];
  if (first?.type !== "pomona-recovery" || first.v !== 1)
    throw new Error("This is no recovery bundle of this version.");
  const sha256 = createHash("sha256").update(text.slice(0, cut)).digest("hex");
  if (last?.type !== "end" || last.lines !== lines.length - 1 || last.sha256 !== sha256)
    throw new Error("The bundle opens, but part of what was put into it is missing or was changed.");
  return lines;
}
