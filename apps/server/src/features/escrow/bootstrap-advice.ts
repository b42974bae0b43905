import type { AccountStatus } from "@pomona/agent-protocol";

/** What the agent found out about a Mac whose token is not here. */
export interface TokenFindings {
  readonly isSupported: boolean | null;
  readonly isEscrowed: boolean | null;
  readonly accounts: readonly AccountStatus[];
}

/** Why the bootstrap token is missing and what to do, in plain words. */
export function bootstrapAdvice({ isSupported, isEscrowed, accounts }: TokenFindings): string {
  if (isSupported === false)
    return "macOS says that its server takes no bootstrap token: the enrollment is older than that. Enroll this Mac again.";
  if (isEscrowed === true)
    return "macOS believes that the token is escrowed, and it is not here: have a user with a secure token log in, or run `sudo profiles install -type bootstraptoken` on the Mac as one.";
  const holders = accounts.filter(({ hasSecureToken }) => hasSecureToken === true).map(({ name }) => name);
  if (accounts.length > 0 && holders.length === 0)
    return "No account of this Mac has a secure token. The first account whose password is set at the Mac gets one; macOS then escrows the bootstrap token at its next login.";
  if (holders.length > 0)
    return `A user with a secure token has to log in once at the Mac, then macOS escrows it by itself: ${holders.slice(0, 5).join(", ")}.`;
  return "A user with a secure token has to log in once at the Mac, then macOS escrows it by itself.";
}
