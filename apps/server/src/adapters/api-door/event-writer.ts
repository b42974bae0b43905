import type { ServerResponse } from "node:http";

const LARGEST_BACKLOG_BYTES = 1_048_576;
const LARGEST_BACKLOG_EVENTS = 256;
const PATIENCE_MS = 30_000;

/**
 * Writes server-sent events to one reader. A reader that does not read is cut off at 256 events, 1 MiB or half a minute
 * rather than kept in memory; it comes back with its last id and misses nothing.
 */
export class EventWriter {
  readonly #response: ServerResponse;
  readonly #patienceMs: number;
  #backlog: number[] = [];
  /** A response over HTTP/2 does not say that it was destroyed. */
  #isCut = false;

  constructor(response: ServerResponse, patienceMs: number = PATIENCE_MS) {
    this.#response = response;
    this.#patienceMs = patienceMs;
  }

  get isClosed(): boolean {
    return this.#isCut || this.#response.writableEnded || this.#response.destroyed;
  }

  event(type: string, id: number | undefined, data: unknown): void {
    this.#write(`${id === undefined ? "" : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  comment(text: string): void {
    this.#write(`: ${text}\n\n`);
  }

  /** Whether so many events more are no burden for a reader that keeps up. */
  hasRoom(events: number): boolean {
    return this.#backlog.length + events <= LARGEST_BACKLOG_EVENTS / 2;
  }

  /** Waits until the reader has taken what was written. @returns false when it does not within its time, half a minute */
  async drained(): Promise<boolean> {
    const until = performance.now() + this.#patienceMs;
    while (this.#backlog.length > 0 && !this.isClosed) {
      if (performance.now() > until) return false;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return true;
  }

  onClose(listener: () => void): void {
    this.#response.once("close", listener);
  }

  close(): void {
    this.#response.end();
  }

  /** Ends it at once, whatever the reader has not taken. */
  cut(): void {
    this.#isCut = true;
    this.#response.destroy();
  }

  #write(text: string): void {
    if (this.isClosed) return;
    const size = Buffer.byteLength(text);
    this.#backlog.push(size);
    const waiting = this.#backlog.reduce((sum, bytes) => sum + bytes, 0);
    if (this.#backlog.length > LARGEST_BACKLOG_EVENTS || waiting > LARGEST_BACKLOG_BYTES) {
      this.cut();
      return;
    }
    this.#response.write(text, () => this.#backlog.shift());
  }
}
