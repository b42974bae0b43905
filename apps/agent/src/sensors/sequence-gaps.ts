import type { SensorEvent } from "./sensor-events.ts";

/**
 * Counts events that the source numbered and that never came: by the stream's own number, which is over all types, else by the number
 * per event type. Feed it every event, before anything is muted. One instance per stream: a new client starts at zero.
 */
export function countGaps(): (event: SensorEvent) => number {
  const last = new Map<string, number>();
  const step = (key: string, seq: number | undefined): number => {
    if (seq === undefined) return 0;
    const before = last.get(key);
    last.set(key, seq);
    return before === undefined ? 0 : Math.max(0, seq - before - 1);
  };
  return (event) => {
    const byType = step(event.kind === "other" ? `other:${event.name}` : event.kind, event.seq);
    // The global number sees a loss at once; the one per type tells of it only with the type's next event. Never count one twice.
    return event.globalSeq === undefined ? byType : step("", event.globalSeq);
  };
}
