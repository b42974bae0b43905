import type { OrderLedger } from "../orders/order-ledger.ts";
import type { Spool } from "../spool/spool.ts";

/** Small files that are replaced whole or not at all. */
export interface StoredFiles {
  read(name: StoredFileName): string | undefined;
  /** Atomic and durable when it returns; readable by the owner only. */
  write(name: StoredFileName, text: string): void;
  remove(name: StoredFileName): void;
}

export type StoredFileName = "identity.json" | "pending-identity.json" | "desired-state.json" | "wake.json";

/** All that the agent keeps. What is written here is durable when the call returns. */
export interface AgentStore {
  readonly files: StoredFiles;
  readonly ledger: OrderLedger;
  readonly spool: Spool;
  /** Several writes to ledger and spool that happen all or not at all, for one flush to disk. */
  together<T>(writes: () => T): T;
  /** An existing folder for scripts, on which files can be executed. */
  scriptFolder(): string;
  close(): void;
}
