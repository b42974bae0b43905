import type { DeviceId, TenantId } from "@pomona/facts";

/** That a Mac, or a user's channel on it, shall be woken. */
export interface Wish {
  readonly tenantId: TenantId;
  readonly deviceId: DeviceId;
  /** Identifier of the user's channel; null for the device channel. */
  readonly channel: string | null;
}

export const keyOf = ({ tenantId, deviceId, channel }: Wish): string => `${tenantId} ${deviceId} ${channel ?? ""}`;
