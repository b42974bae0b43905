/** A reason not to go on that is meant for the person at the terminal, not a fault of the program. */
export class Refusal extends Error {}
/** Throws a Refusal when `version` (as in process.versions.node) is older than the entry scripts can run on. */
export function refuseOldNode(version: string): void;
