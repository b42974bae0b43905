import { type Device, listDevices, listTimeline, showDevice, type TimelineEntry } from "@pomona/contract";
import type { InfiniteData, Query, QueryClient } from "@tanstack/react-query";
import { factEffects, transientEffects } from "./fact-effects.ts";
import type { LiveEvent } from "./live-event.ts";
import { patchDevice } from "./patch-device.ts";

type DevicePage = { items: Device[]; nextCursor: string | null; total: number };
type TimelinePage = { items: TimelineEntry[]; nextCursor: string | null };

const EFFECTS = { ...factEffects, ...transientEffects };

const mapItems = (page: DevicePage, change: (device: Device) => Device): DevicePage => {
  const items = page.items.map(change);
  return items.some((item, index) => item !== page.items[index]) ? { ...page, items } : page;
};

/** Changes the devices that are held, in lists and alone. */
export const changeDevices = (queries: QueryClient, tenantId: string, change: (device: Device) => Device): void => {
  queries.setQueriesData<InfiniteData<DevicePage> | DevicePage>({ queryKey: [listDevices.name, tenantId] }, (held) => {
    if (held === undefined) return held;
    if (!("pages" in held)) return mapItems(held, change);
    const pages = held.pages.map((page) => mapItems(page, change));
    return pages.some((page, index) => page !== held.pages[index]) ? { ...held, pages } : held;
  });
  queries.setQueriesData<Device>({ queryKey: [showDevice.name, tenantId] }, (held) => held && change(held));
};

const prependToTimelines = (queries: QueryClient, tenantId: string, facts: readonly LiveEvent[]): void => {
  const newestFirst = [...facts].reverse();
  queries.setQueriesData<InfiniteData<TimelinePage>>(
    {
      queryKey: [listTimeline.name, tenantId],
      predicate: (query) => facts.some((fact) => deviceOf(query) === fact.deviceId),
    },
    (held) => {
      const [first, ...rest] = held?.pages ?? [];
      if (held === undefined || first === undefined) return held;
      const known = new Set(first.items.map((entry) => entry.id));
      const added = newestFirst.flatMap((fact) =>
        fact.id === null || fact.position === null || known.has(fact.id)
          ? []
          : [{ id: fact.id, position: fact.position, at: fact.at, type: fact.type, data: { ...fact.data } }],
      );
      return added.length === 0 ? held : { ...held, pages: [{ ...first, items: [...added, ...first.items] }, ...rest] };
    },
  );
};

const deviceOf = (query: Query): unknown => (query.queryKey[2] as { deviceId?: unknown } | undefined)?.deviceId;

/** What a frame's events leave to read again: actions by name with the devices meant (null: all), and changed devices. */
export interface Stale {
  readonly reads: Map<string, Set<string | null>>;
  readonly devices: Set<string>;
}

/** Shows a frame's events in what is held, and says what must be read again. */
export const applyEvents = (
  queries: QueryClient,
  tenantId: string,
  events: readonly LiveEvent[],
  stale: Stale,
): void => {
  const byDevice = Map.groupBy(
    events.filter((event) => event.deviceId !== null),
    (event) => event.deviceId as string,
  );
  if (byDevice.size > 0)
    changeDevices(queries, tenantId, (device) => (byDevice.get(device.id) ?? []).reduce(patchDevice, device));
  for (const facts of byDevice.values()) prependToTimelines(queries, tenantId, facts);
  for (const event of events) {
    const effects = EFFECTS[event.type];
    for (const read of effects) {
      if (read.name === showDevice.name && event.deviceId !== null) stale.devices.add(event.deviceId);
      const devices = stale.reads.get(read.name) ?? new Set();
      stale.reads.set(read.name, devices.add(event.deviceId));
    }
  }
};

/** Whether a held read is about one of these devices; reads that name no device always are. */
export const concerns = (query: Query, devices: ReadonlySet<string | null>): boolean => {
  const device = deviceOf(query);
  return typeof device !== "string" || devices.has(null) || devices.has(device);
};
