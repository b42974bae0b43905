import type { Socket } from "node:net";

export interface RawAnswer {
  readonly status: number;
  /** Bytes of the body. */
  readonly bodyLength: number;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const LENGTH = /^content-length: (\d+)\r?$/im;

/**
 * One HTTP/1.1 connection that sends requests made beforehand and waits for each answer. It reads of an answer only what
 * a load generator needs, so that the generator is not what is measured.
 */
export class KeepAliveConnection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve(answer: RawAnswer): void; reject(error: Error): void } | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the server closed the connection")));
  }

  /** @throws Error when the connection is closed before the answer is there */
  send(request: Uint8Array): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(new Error("the server closed the connection before this request"));
        return;
      }
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headLength = this.#received.indexOf(HEAD_END);
    if (headLength < 0) return;
    const head = this.#received.toString("latin1", 0, headLength);
    const bodyLength = Number(LENGTH.exec(head)?.[1] ?? 0);
    if (this.#received.length < headLength + HEAD_END.length + bodyLength) return;
    this.#received = Buffer.alloc(0);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), bodyLength });
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}
