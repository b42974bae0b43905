import type { DeviceId } from "@pomona/facts";
import type { ReadTransaction } from "../../kernel/store.ts";
import type { Authority } from "../tenants/index.ts";

export interface RevocationPorts {
  readonly authority: Authority;
  /** Where `/pki` is reached from outside, without a slash at the end; empty while it is not known. */
  readonly pkiUrl: () => string;
  /** The enrollments of a device, past ones included: MDM certificates name them. */
  readonly enrollmentsOf: (tx: ReadTransaction, deviceId: DeviceId) => Promise<readonly string[]>;
  readonly deviceOf: (tx: ReadTransaction, enrollmentId: string) => Promise<DeviceId | null>;
  /** Undefined for what is no device of the scope's tenant. */
  readonly nameOf: (tx: ReadTransaction, deviceId: DeviceId) => Promise<string | undefined>;
}
