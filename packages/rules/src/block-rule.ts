/**
 * How a text field of a rule is compared. Case counts; non-ASCII text is compared in Unicode NFC on both sides.
 * - `exact`: the whole text.
 * - `contains`: the text anywhere.
 * - `pattern`: a glob over the whole text: `?` is one character but `/`, `*` a run without `/`, `**` a run with `/`
 *   (a whole component `**` also stands for no component: slash, `**`, slash matches one slash). There is no escape and no class.
 */
export type TextMatch = { readonly exact: string } | { readonly contains: string } | { readonly pattern: string };

/** What an executed image must be. Every field that is given must match; at least one is given. */
export interface RuleMatch {
  /** Code directory hash, 40 hex digits. */
  readonly cdhash?: string;
  /** Signing identifier, without Santa's `TEAMID:` or `platform:` prefix. */
  readonly signingId?: string;
  /** Team identifier, 10 letters and digits; never the word `platform`. */
  readonly teamId?: string;
  /** Absolute path of the executable. */
  readonly path?: TextMatch;
  /** Last component of the executable's path. */
  readonly name?: TextMatch;
}

/** What the user is told when the rule hits. */
export interface RuleMessage {
  readonly title?: string;
  readonly text: string;
  readonly button?: string;
  /** Where the button leads; https only. */
  readonly url?: string;
}

/** `report` makes an incident; `block` also stops the process after its start. */
export type RuleMode = "report" | "block";

/** A block rule as it is stored, sent to the Mac and kept there. */
export interface BlockRule {
  readonly id: string;
  readonly name: string;
  readonly match: RuleMatch;
  readonly mode: RuleMode;
  readonly message?: RuleMessage;
  /** Epoch milliseconds; from this instant on the rule matches nothing. */
  readonly expiresAt?: number;
  /** Without it a hit on Apple's own platform binaries is only reported. */
  readonly allowPlatformBinary?: boolean;
}
