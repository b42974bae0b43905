/** A mistake that somebody could make in the code that a case guards, and the test that has to notice. */
export interface Fault {
  /** Number of the case in the list of what an MDM server must get right, or `property` for what holds in any order of events. */
  readonly case: number | "property";
  /** What is wrong then, in a few words. */
  readonly what: string;
  /** The file that is changed, from the root. */
  readonly file: string;
  /** Text that is in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The test file whose test `case N: ...`, or `property: ...`, turns red. */
  readonly test: string;
}

/** The cases of the protocol that this server has to get right; later ones are of declarative management. */
export const CASES: readonly number[] = Array.from({ length: 52 }, (_, index) => index + 1);

/** How the titles of a case's tests begin. */
export const titleOf = (which: Fault["case"]): string => (which === "property" ? which : `case ${which}`);
