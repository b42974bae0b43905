import { listDevices, showDevice } from "@pomona/contract";
import type { QueryClient } from "@tanstack/react-query";
import { API_BASE } from "../api-base.ts";
import { call } from "../call.ts";
import { applyEvents, changeDevices, concerns, type Stale } from "./apply-events.ts";
import { factTypes } from "./fact-effects.ts";
import { type LiveEvent, readLiveEvent } from "./live-event.ts";

/** `since` is in ms: when the stream was lost, which is the age of what is shown. */
export interface LiveState {
  readonly state: "connecting" | "live" | "lost";
  readonly since: number;
}

const REREAD_EVERY_MS = 400;
const RETRY_AFTER_MS = 3000;
/** More than this in one frame (a tab that slept) is not applied piece by piece: everything is read again. */
const LARGEST_BATCH = 2000;
/** Up to so many changed devices are read one by one; beyond it the list is. */
const DEVICES_ONE_BY_ONE = 12;

/** The one connection over which a tenant's facts come; shows them once per animation frame. */
export class LiveStream {
  readonly #queries: QueryClient;
  readonly #tenantId: string;
  readonly #listeners = new Set<() => void>();
  readonly #followers = new Set<(event: LiveEvent) => void>();
  readonly #stale: Stale = { reads: new Map(), devices: new Set() };
  #pending: LiveEvent[] = [];
  #source: EventSource | null = null;
  #frame = 0;
  #reread: ReturnType<typeof setTimeout> | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #state: LiveState = { state: "connecting", since: Date.now() };

  constructor(queries: QueryClient, tenantId: string) {
    this.#queries = queries;
    this.#tenantId = tenantId;
  }

  readonly state = (): LiveState => this.#state;

  /** @returns the function that ends the subscription */
  readonly onState = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Hands over every event as it comes. @returns the function that ends the subscription */
  follow(follower: (event: LiveEvent) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  open(): void {
    const source = new EventSource(`${API_BASE}/events?tenant=${encodeURIComponent(this.#tenantId)}`);
    this.#source = source;
    for (const type of [...factTypes, "order.output", "command.sent", "device.seen"] as const)
      source.addEventListener(type, (message) => this.#take(type, String(message.data)));
    source.addEventListener("reset", () => this.#rereadAll());
    source.addEventListener("open", () => this.#become("live"));
    source.addEventListener("error", () => {
      if (this.#state.state !== "lost") this.#become("lost");
      // CLOSED means that the browser has given up (an answer other than 200): without a cursor, everything is read again.
      if (source.readyState !== EventSource.CLOSED) return;
      this.#retry = setTimeout(() => {
        this.#rereadAll();
        this.open();
      }, RETRY_AFTER_MS);
    });
  }

  close(): void {
    this.#source?.close();
    cancelAnimationFrame(this.#frame);
    if (this.#reread !== null) clearTimeout(this.#reread);
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#frame = 0;
    this.#reread = null;
  }

  #become(state: LiveState["state"]): void {
    this.#state = { state, since: Date.now() };
    for (const listener of this.#listeners) listener();
  }

  #take(type: LiveEvent["type"], text: string): void {
    const event = readLiveEvent(type, text, new Date().toISOString());
    if (event === null) return;
    for (const follower of this.#followers) follower(event);
    if (type === "order.output") return;
    this.#pending.push(event);
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#apply());
  }

  #apply(): void {
    const events = this.#pending;
    this.#pending = [];
    this.#frame = 0;
    if (events.length > LARGEST_BATCH) return this.#rereadAll();
    applyEvents(this.#queries, this.#tenantId, events, this.#stale);
    if (this.#stale.reads.size > 0 && this.#reread === null)
      this.#reread = setTimeout(() => this.#rereadStale(), REREAD_EVERY_MS);
  }

  #rereadAll(): void {
    void this.#queries.invalidateQueries();
  }

  #rereadStale(): void {
    this.#reread = null;
    const reads = new Map(this.#stale.reads);
    const devices = [...this.#stale.devices];
    this.#stale.reads.clear();
    this.#stale.devices.clear();
    if (devices.length > DEVICES_ONE_BY_ONE) reads.set(listDevices.name, new Set([null]));
    else for (const deviceId of devices) void this.#rereadDevice(deviceId);
    reads.delete(showDevice.name);
    for (const [name, meant] of reads)
      void this.#queries.invalidateQueries({
        queryKey: name === "access.show-session" ? [name] : [name, this.#tenantId],
        predicate: (query) => concerns(query, meant),
      });
  }

  async #rereadDevice(deviceId: string): Promise<void> {
    const shown = this.#queries
      .getQueryCache()
      .findAll({ type: "active" })
      .some((query) => query.queryKey[0] === listDevices.name || query.queryKey[0] === showDevice.name);
    if (!shown) return;
    try {
      const fresh = await call(showDevice, { deviceId }, { tenantId: this.#tenantId });
      changeDevices(this.#queries, this.#tenantId, (device) => (device.id === deviceId ? fresh : device));
    } catch {
      // Gone or unreachable: the page that shows it reads it again and says why.
      await this.#queries.invalidateQueries({ queryKey: [showDevice.name, this.#tenantId] });
    }
  }
}
