import type { FactCatalog, FactType } from "./catalog.ts";
import type { DeviceId, FactId, TenantId } from "./ids.ts";

/** Something that happened: past tense, never changed. `at` is in ms; `position` orders all facts of a server. */
export interface Fact<Type extends FactType = FactType> {
  readonly id: FactId;
  readonly type: Type;
  readonly tenantId: TenantId;
  readonly deviceId: DeviceId | null;
  /** Counts the facts of one device from 1; 0 where no device is meant. */
  readonly deviceSeq: number;
  readonly at: number;
  readonly position: number;
  readonly data: FactCatalog[Type];
}
/** A fact whose `type` decides the shape of `data`. */
export type AnyFact = { [Type in FactType]: Fact<Type> }[FactType];
