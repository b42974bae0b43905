import type { DeviceId } from "@pomona/facts";
import type { Feature } from "../../kernel/feature.ts";
import type { Enrollment } from "../enrollment/index.ts";

export interface RenewalFeature {
  readonly feature: Feature;
  /** A Mac whose identity has run out, within its grace period, asks for work: its renewal is put into its queue at once. */
  readonly onExpiredPoll: (from: { readonly enrollment: Enrollment; readonly deviceId: DeviceId }) => Promise<void>;
}
