import type { DeviceId, TenantId } from "@pomona/facts";
import type { Crypto } from "@pomona/pki";
import type { Feature } from "../../kernel/feature.ts";
import type { SeenTimes } from "../devices/index.ts";
import type { EnrollmentFeature } from "../enrollment/index.ts";
import type { PushSender, VendorSigner } from "./ports.ts";

export interface PushPorts {
  readonly crypto: Crypto;
  readonly enrollment: Pick<EnrollmentFeature, "stopPushes" | "onToken">;
  readonly seen: SeenTimes;
  readonly sender: PushSender;
  readonly signing: VendorSigner;
}

export interface PushFeature {
  readonly feature: Feature;
  /**
   * Wakes a Mac, or a user's channel on it, soon; call it after the commit of what it shall fetch.
   * @param channel identifier of the user's channel; absent or null for the device channel
   */
  readonly wake: Wake;
  /** After a certificate was stored: what waited for it goes out. */
  readonly certificateChanged: (tenantId: TenantId) => Promise<void>;
}

export type Wake = (tenantId: TenantId, deviceId: DeviceId, channel?: string | null) => void;
