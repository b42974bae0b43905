/** Branded identifiers: a device's id cannot be passed where a tenant's is wanted. All are lower-case UUIDv7 text. */
declare const brand: unique symbol;
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type TenantId = Id<"tenant">;
export type DeviceId = Id<"device">;
export type CommandId = Id<"command">;
export type OrderId = Id<"order">;
export type RuleId = Id<"rule">;
export type IncidentId = Id<"incident">;
export type BatchId = Id<"batch">;
export type FactId = Id<"fact">;

/** Takes a text that a trusted place (our own row, our own generator, a checked path) says is such an id. */
export const asId = <Kind extends string>(text: string): Id<Kind> => text as Id<Kind>;
