/** What the command line of `start` says. */
export interface StartOptions {
  readonly restored?: true;
}
/** What the command line of `demo` says. */
export interface DemoOptions {
  readonly json?: true;
  readonly data: string;
  readonly ports?: number;
  readonly macs: number;
  readonly check?: true;
}
/** What the command line of `sim` says. */
export interface SimOptions {
  readonly server: string;
  readonly macs: number;
  readonly token?: string;
  readonly ca?: string;
  readonly data: string;
  readonly realAgents: number;
}
/** What the command line of `import` says. */
export interface ImportOptions {
  readonly server: string;
  readonly from: string;
  readonly dryRun?: true;
  readonly token?: string;
  readonly ca?: string;
}
/** What the command line of `convert-nanomdm` says. */
export interface ConvertOptions {
  readonly rows?: string;
  readonly listen?: string;
  readonly apiKey?: string;
  readonly ca: string;
  readonly profile: string;
  readonly to: string;
}
