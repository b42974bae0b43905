import { getInteger, getString, isDictionary, type PlistValue } from "@pomona/plist";

export interface ErrorLink {
  readonly code: number;
  readonly domain: string;
  readonly text: string;
}

/** Reads Apple's ErrorChain; links that are none are left out, and no more than ten are kept. */
export function readErrorChain(chain: readonly PlistValue[] | undefined): readonly ErrorLink[] {
  return (chain ?? [])
    .slice(0, 10)
    .filter(isDictionary)
    .map((link) => ({
      code: getInteger(link, "ErrorCode") ?? 0,
      domain: (getString(link, "ErrorDomain") ?? "").slice(0, 200),
      // The US English text is the one that can be searched for.
      text: (getString(link, "USEnglishDescription") ?? getString(link, "LocalizedDescription") ?? "").slice(0, 1000),
    }));
}

/** The first link in one sentence: `The profile is locked. (MCInstallationErrorDomain 4001)`. Empty for an empty chain. */
export function errorChainText(chain: readonly ErrorLink[]): string {
  const first = chain[0];
  if (first === undefined) return "";
  const where = `${first.domain} ${first.code}`.trim();
  return first.text === "" ? where : `${first.text} (${where})`;
}
