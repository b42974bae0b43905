import type { EsEvent } from "./es-event.ts";

/** What Endpoint Security hands to its clients. */
export interface EsStream {
  /** @returns how to stop */
  subscribe(listener: (event: EsEvent) => void): () => void;
  emit(event: EsEvent): void;
  /** Clients that listen now. */
  readonly clients: number;
}

export function createEsStream(): EsStream {
  const listeners = new Set<(event: EsEvent) => void>();
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    get clients() {
      return listeners.size;
    },
  };
}
