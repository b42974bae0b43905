import type { SealedColumn } from "../../kernel/secret.ts";

/** What the command line wrote down in the data folder: it works beside the server, which puts it into its own tables. */
export type RecoveryEntry =
  | {
      readonly type: "exported";
      readonly bundleId: string;
      /** ms */
      readonly at: number;
      /** Who ran it, as the operating system calls them. */
      readonly by: string;
      readonly recipients: readonly string[];
      readonly codeHash: string;
      readonly tenants: readonly {
        readonly id: string;
        readonly values: number;
        readonly unreadable: number;
        readonly kids: readonly string[];
      }[];
    }
  | { readonly type: "tested"; readonly code: string; readonly at: number; readonly by: string };

export interface RecoveryLog {
  /** Entries in the order in which they were written, from an index on. */
  readFrom(index: number): Promise<readonly RecoveryEntry[]>;
}

export interface RecoveryPorts {
  readonly log: RecoveryLog;
  /** Every column in which any feature seals something. */
  readonly sealed: readonly SealedColumn[];
}
