import { acmeSealed } from "../features/acme/index.ts";
import { orderSealed } from "../features/agents/index.ts";
import { commandSealed } from "../features/commands/index.ts";
import { contentSealed } from "../features/content/index.ts";
import { quarantineSealed } from "../features/devices/index.ts";
import { enrollmentSealed } from "../features/enrollment/index.ts";
import { escrowKeySealed, secretSealed } from "../features/escrow/index.ts";
import { pushSealed } from "../features/push/index.ts";
import { authoritySealed } from "../features/tenants/index.ts";
import type { SealedColumn } from "../kernel/secret.ts";

/** What has to be there after the server is gone: keys, and what Macs entrusted to us. */
export const LASTING_COLUMNS: readonly SealedColumn[] = [
  authoritySealed,
  enrollmentSealed,
  ...pushSealed,
  escrowKeySealed,
  secretSealed,
  contentSealed,
];

/** Every place in the database where something is sealed. `sealed-columns.test.ts` finds one that is not listed. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  ...LASTING_COLUMNS,
  quarantineSealed,
  acmeSealed,
  ...commandSealed,
  orderSealed,
];
