/** What is known of an executed image when it starts; the input of `decide`. */
export interface ExecIdentity {
  /** Absolute path of the executable as Endpoint Security reports it. */
  readonly path: string;
  readonly signingId?: string;
  readonly teamId?: string;
  /** 40 hex digits in any case (Endpoint Security: upper, Santa: lower). */
  readonly cdhash?: string;
  readonly isPlatformBinary: boolean;
}
