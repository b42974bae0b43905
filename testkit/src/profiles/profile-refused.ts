import type { PlistDictionary } from "@pomona/plist";

/** One link of the chain that a Mac reports with Status Error (Apple: ErrorChainItem). */
export interface ErrorChainItem {
  readonly code: number;
  readonly domain: string;
  readonly description: string;
}

/** Why this Mac does not do what it was asked; becomes the ErrorChain of the command result. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly chain: readonly [ErrorChainItem, ...ErrorChainItem[]];

  constructor(...chain: [ErrorChainItem, ...ErrorChainItem[]]) {
    super(chain.map((item) => item.description).join(": "));
    this.chain = chain;
  }
}

/** A profile that macOS would not install: the outer error says that it failed, the inner one why. */
export function profileRefused(why: string, code = 1000, domain = "MCProfileErrorDomain"): Refused {
  return new Refused(
    { code: 4001, domain: "MCInstallationErrorDomain", description: "Profile Installation Failed" },
    { code, domain, description: why },
  );
}

/** The wire form (Apple: ErrorChain in the response of any command). */
export function errorChain(chain: readonly ErrorChainItem[]): PlistDictionary[] {
  return chain.map((item) => ({
    ErrorCode: item.code,
    ErrorDomain: item.domain,
    LocalizedDescription: item.description,
    USEnglishDescription: item.description,
  }));
}
