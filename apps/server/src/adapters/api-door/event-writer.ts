import type { ServerResponse } from "node:http";

const LARGEST_BACKLOG_BYTES = 1_048_576;
const LARGEST_BACKLOG_EVENTS = 256;

/**
 * Writes server-sent events to one reader. A reader that does not read is cut off at 256 events or 1 MiB rather than
 * kept in memory; it comes back with its last id and misses nothing.
 */
export class EventWriter {
  readonly #response: ServerResponse;
  #backlog: number[] = [];

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get isClosed(): boolean {
    return this.#response.writableEnded || this.#response.destroyed;
  }

  event(type: string, id: number | undefined, data: unknown): void {
    this.#write(`${id === undefined ? "" : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  comment(text: string): void {
    this.#write(`: ${text}\n\n`);
  }

  /** Settles when the reader has taken what was written, or is gone. */
  async drained(): Promise<void> {
    while (this.#backlog.length > 0 && !this.isClosed) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  onClose(listener: () => void): void {
    this.#response.once("close", listener);
  }

  close(): void {
    this.#response.end();
  }

  #write(text: string): void {
    if (this.isClosed) return;
    const size = Buffer.byteLength(text);
    this.#backlog.push(size);
    const waiting = this.#backlog.reduce((sum, bytes) => sum + bytes, 0);
    if (this.#backlog.length > LARGEST_BACKLOG_EVENTS || waiting > LARGEST_BACKLOG_BYTES) {
      this.#response.destroy();
      return;
    }
    this.#response.write(text, () => this.#backlog.shift());
  }
}
