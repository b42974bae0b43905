import type { DeviceId, TenantId } from "@pomona/facts";

/** When Macs were last heard, kept in memory and written in bulk: a row per poll would cost more than the poll. */
export class SeenTimes {
  readonly #times = new Map<DeviceId, { tenantId: TenantId; mdm?: number; agent?: number }>();
  #unwritten = new Set<DeviceId>();

  note(tenantId: TenantId, deviceId: DeviceId, by: "mdm" | "agent", at: number): void {
    const times = this.#times.get(deviceId);
    if (times === undefined) this.#times.set(deviceId, { tenantId, [by]: at });
    else times[by] = at;
    this.#unwritten.add(deviceId);
  }

  of(deviceId: DeviceId): { readonly mdm?: number; readonly agent?: number } {
    return this.#times.get(deviceId) ?? {};
  }

  /** What was not yet written, by tenant; it counts as written from now on. */
  take(): ReadonlyMap<
    TenantId,
    readonly { readonly deviceId: DeviceId; readonly mdm?: number; readonly agent?: number }[]
  > {
    const rows = [...this.#unwritten].map((deviceId) => ({ deviceId, ...this.#times.get(deviceId)! }));
    this.#unwritten = new Set();
    return Map.groupBy(rows, (row) => row.tenantId);
  }
}
