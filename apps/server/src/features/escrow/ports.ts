import type { Kernel } from "../../kernel/feature.ts";
import type { KeyOps } from "../../kernel/secret.ts";
import type { StoreOrder } from "../agents/index.ts";
import type { CommandQueue, CommandsFeature } from "../commands/index.ts";
import type { EnrollmentFeature } from "../enrollment/index.ts";
import type { Authority } from "../tenants/index.ts";
import type { EscrowKeys } from "./escrow-keys.ts";
import type { SecretBook } from "./secret-book.ts";

/** What escrow needs of the features below it. */
export interface EscrowPorts {
  readonly enrollment: Pick<EnrollmentFeature, "onReset">;
  readonly authority: Pick<Authority, "intermediate" | "crypto">;
  readonly commands: Pick<CommandsFeature, "onAnswer" | "onQueue"> & { readonly queue: Pick<CommandQueue, "enqueue"> };
  readonly storeOrder: StoreOrder;
  /** Where keys lie that this server can only ask for. */
  readonly kms?: KeyOps;
}

/** What every use case of escrow works with. */
export interface EscrowParts {
  readonly kernel: Kernel;
  readonly book: SecretBook;
  readonly keys: EscrowKeys;
  readonly queue: Pick<CommandQueue, "enqueue">;
  readonly storeOrder: StoreOrder;
  readonly kms: KeyOps | undefined;
}
