import type { Spool, SpooledMessage } from "./spool.ts";
import { MESSAGE_OVERHEAD } from "./spool-limit.ts";

/** The spool of a simulated Mac. */
export function createMemorySpool(limitBytes: number): Spool {
  const kept = new Map<number, SpooledMessage & { readonly telemetry: boolean; readonly bytes: number }>();
  let next = 1;
  let bytes = 0;
  let shed = 0;

  const drop = (id: number) => {
    bytes -= kept.get(id)?.bytes ?? 0;
    kept.delete(id);
  };
  const oldest = () => {
    for (const entry of kept.values()) if (entry.telemetry) return entry.id;
    return kept.keys().next().value;
  };
  return {
    add({ lane, message, body, class: kind }) {
      const size = Buffer.byteLength(body) + MESSAGE_OVERHEAD;
      kept.set(next, { id: next, lane, message, body, telemetry: kind === "telemetry", bytes: size });
      next += 1;
      bytes += size;
      for (let id = oldest(); bytes > limitBytes && id !== undefined; id = oldest()) {
        drop(id);
        shed += 1;
      }
    },
    peek(limit, lane, after = 0) {
      const found: SpooledMessage[] = [];
      for (const entry of kept.values()) {
        if (found.length >= limit) break;
        if (entry.id > after && (lane === undefined || entry.lane === lane)) found.push(entry);
      }
      return found;
    },
    remove(ids) {
      for (const id of ids) drop(id);
    },
    count: () => kept.size,
    shed: () => shed,
    clear() {
      kept.clear();
      bytes = 0;
    },
  };
}
