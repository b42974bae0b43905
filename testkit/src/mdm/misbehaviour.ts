/**
 * How the next answer gets lost.
 * - `report`: the Mac did the command, and its report never arrives; it asks again with Idle.
 * - `response`: the report arrived, the server's response did not; the Mac sends the same report again.
 */
export type LostAnswer = "report" | "response";

/** What a test has asked a Mac to do wrong, or slowly. */
export interface Misbehaviour {
  /** Commands that are still to be answered NotNow. */
  notNowTimes: number;
  /** Until it resolves, everything is answered NotNow. */
  notNowUntil: Promise<void> | undefined;
  lostAnswers: {
    readonly which: LostAnswer /** Of whatever comes next when not given. */;
    readonly requestType?: string;
  }[];
  /** When the acknowledgement of a renewed MDM profile is sent, seen from the new identity's check-ins. */
  renewalAcknowledgement: "after" | "before" | "never";
}

export const wellBehaved = (): Misbehaviour => ({
  notNowTimes: 0,
  notNowUntil: undefined,
  lostAnswers: [],
  renewalAcknowledgement: "after",
});
