import type { TenantId } from "@pomona/facts";
import type { PrivateKeyHandle } from "@pomona/pki";

import type { ReadTransaction } from "../../kernel/store.ts";

/** Where the doors are reached from outside; known once they listen. All without a slash at the end. */
export interface DoorUrls {
  /** `https://host:8443`: console, API and enrollment portal. */
  readonly api: string;
  /** `https://host:8444`: check-ins, commands and SCEP. */
  readonly device: string;
  /** PEM of the roots below which the doors' certificates are. */
  readonly root: string;
}

/** The topic that the tenant's Macs enroll on; undefined while there is no push certificate. The push feature answers it. */
export type PushTopic = (tx: ReadTransaction) => Promise<string | undefined>;

/** The key pair of a tenant's MDM server token, and what Apple calls that server (`server_uuid` of its account). */
export interface MaidKey {
  readonly serverUuid: string;
  /** RSA. */
  readonly key: PrivateKeyHandle;
}

/** Who signs for Managed Apple Accounts. */
export interface MaidKeys {
  /** undefined while the tenant has no MDM server token. */
  keyOf(tenantId: TenantId): Promise<MaidKey | undefined>;
}
