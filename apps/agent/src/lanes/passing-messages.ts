import type { LaneConnection } from "./mqtt-lane.ts";

const MAX_BYTES = 1024 * 1024;
const WINDOW = 64;

/** Messages that live in memory only: live output of orders, whose whole comes with the final status anyway. */
export interface PassingMessages {
  /** Falls away when there is no room. */
  add(message: string, body: string): void;
  flush(connection: LaneConnection): void;
  count(): number;
}

export function createPassingMessages(): PassingMessages {
  let queue: { readonly message: string; readonly body: string }[] = [];
  let bytes = 0;
  let flying = 0;
  const flush = (connection: LaneConnection) => {
    while (flying < WINDOW) {
      const next = queue.shift();
      if (next === undefined) return;
      bytes -= next.body.length;
      flying += 1;
      const landed = () => {
        flying -= 1;
      };
      connection.publish(next.message, next.body).then(
        () => {
          landed();
          flush(connection);
        },
        () => {
          landed();
          queue = [];
          bytes = 0;
        },
      );
    }
  };
  return {
    add(message, body) {
      if (bytes + body.length > MAX_BYTES) return;
      queue.push({ message, body });
      bytes += body.length;
    },
    flush,
    count: () => queue.length,
  };
}
