import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";

/** How long connections may finish what they are at when the door closes. */
const GRACE_MS = 1_000;

/** Knows a server's connections of either HTTP version, so that none of them keeps a closing door open. */
export class OpenSockets {
  readonly #sockets = new Set<Socket>();

  constructor(server: EventEmitter) {
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** Ends what is left after a moment. @returns the function that calls it off */
  endSoon(): () => void {
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, GRACE_MS);
    return () => clearTimeout(timer);
  }
}
