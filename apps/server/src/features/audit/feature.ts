import type { Feature } from "../../kernel/feature.ts";
import { auditMigrations } from "./audit.sql.ts";
import { listEntries } from "./list-entries.ts";
import { verifyChain } from "./verify-chain.ts";

export const createAudit = (): Feature => ({
  name: "audit",
  migrations: auditMigrations,
  actions: [listEntries, verifyChain],
});
