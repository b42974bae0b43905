import { PomonaError } from "../../kernel/errors.ts";

/** How the store can keep what it is given: `full` passes when there is space again, `failed` with the next start alone. */
export type StoreState = "works" | "full" | "failed";

/** On a full or failing disk SQLite ends the whole transaction by itself, savepoints and all. */
export class TransactionUndone extends Error {
  override readonly name = "TransactionUndone";

  constructor() {
    super("The store undid the transaction. Is its disk full?");
  }
}

/** After a failed sync nobody knows what is on the disk. */
export class LogNotSynced extends Error {
  override readonly name = "LogNotSynced";

  constructor(cause: unknown) {
    super("The store cannot write its log to the disk. See to the disk, then start again.", { cause });
  }
}

const SQLITE_FULL = 13;
const SQLITE_IOERR = 10;

/** What a failed write says of the disk; undefined where it says nothing. */
export function diskFault(error: unknown): Exclude<StoreState, "works"> | undefined {
  if (error instanceof LogNotSynced) return "failed";
  if (error instanceof TransactionUndone) return "full";
  const { errcode } = error as { readonly errcode?: number };
  const primary = typeof errcode === "number" ? errcode & 0xff : undefined;
  return primary === SQLITE_FULL || primary === SQLITE_IOERR ? "full" : undefined;
}

/** The same for whoever asked for the write: nothing of it was kept. */
export const diskProblem = (state: Exclude<StoreState, "works">, cause: unknown): PomonaError =>
  state === "full"
    ? new PomonaError(
        "unavailable",
        "store.full",
        "The server's disk is full, so nothing was changed. Free space on it, then try again.",
        { cause },
      )
    : new PomonaError(
        "unavailable",
        "store.failed",
        "The server's disk failed, so nothing was changed. See to the disk, then start the server again.",
        { cause },
      );
