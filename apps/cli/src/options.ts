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
