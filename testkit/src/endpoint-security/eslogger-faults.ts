/** What `eslogger` shall do wrong; each is used up by the next line of the next client that writes one. */
export interface EsloggerFaults {
  /** So many events are left out, and their sequence numbers with them. */
  skipEvents: number;
  /** The next line is longer than 1 MiB. */
  writeLongLine: boolean;
  /** The next line stops in its middle and the tool dies. */
  dieInLine: boolean;
}

export const noFaults = (): EsloggerFaults => ({ skipEvents: 0, writeLongLine: false, dieInLine: false });
