/** What the command line of `recovery make-key` says. */
export interface MakeKeyOptions {
  readonly to: string;
  readonly name: string;
  readonly passphraseFile?: string;
}
/** What the command line of `recovery export` says. */
export interface ExportOptions {
  readonly recipient: readonly string[];
  readonly to: string;
  readonly tenant?: readonly string[];
  readonly throughKms?: true;
}
interface BundleOptions {
  readonly bundle: string;
  readonly key: string;
  readonly certificate?: string;
  readonly passphraseFile?: string;
}
/** What the command line of `recovery drill` says. */
export interface DrillOptions extends BundleOptions {
  readonly database?: string;
}
/** What the command line of `recovery open` says. */
export interface OpenOptions extends BundleOptions {
  readonly device: string;
  readonly kind?: string;
  readonly throughKms?: true;
  readonly to?: string;
}
/** What the command line of `recovery confirm` says. */
export interface ConfirmOptions {
  readonly code: string;
}
