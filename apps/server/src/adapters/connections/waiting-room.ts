import type { Socket } from "node:net";
import type { ConnectionName, Connections, Log } from "../../kernel/feature.ts";
import { addressGroup } from "./address-group.ts";
import { Crowds } from "./crowds.ts";
import { seldom } from "./seldom.ts";

export interface WaitingRoomLimits {
  /** How many connections may wait for their peer at once. */
  readonly places: number;
  /** How many bytes of bodies that are not complete may be held for them together. */
  readonly bytes: number;
}

const DEFAULT_PLACES = 5_000;
const DEFAULT_BYTES = 256 * 1024 * 1024;

/** A connection whose peer has the next word. */
interface Guest {
  readonly key: string;
  readonly crowd: string;
  readonly socket: Pick<Socket, "destroy">;
  bytes: number;
}

/**
 * Knows a door's connections whose peer has the next word: a TLS handshake, a request, the rest of a body, or the next request on
 * a connection that is kept open. One that is being answered does not wait. When there are too many, or they hold too much, the
 * network that has most of it loses the one that has waited longest. So nobody is turned away at the door, a flood from one
 * address sheds itself, and behind a shared address those go first who keep silent: a Mac speaks within its round trips.
 */
export class WaitingRoom implements Connections {
  readonly #limits: WaitingRoomLimits;
  readonly #toldShed: ReturnType<typeof seldom>;
  readonly #toldFailed: ReturnType<typeof seldom>;
  /** Every open connection, and how many of its requests are being answered. */
  readonly #open = new Map<string, { readonly socket: Pick<Socket, "destroy">; busy: number }>();
  readonly #guests = new Map<string, Guest>();
  readonly #crowds = new Crowds<Guest>();
  /** Bytes held, and by which crowd; few hold any, so that the greatest is found by looking. */
  readonly #held = new Map<string, number>();
  #bytes = 0;

  /** @param door as it is called in the log */
  constructor(door: string, log: Pick<Log, "info" | "warn">, limits: Partial<WaitingRoomLimits> = {}) {
    this.#limits = { places: limits.places ?? DEFAULT_PLACES, bytes: limits.bytes ?? DEFAULT_BYTES };
    this.#toldShed = seldom(log, "warn", `${door}.shed`);
    this.#toldFailed = seldom(log, "info", `${door}.tls`);
  }

  get waiting(): number {
    return this.#guests.size;
  }

  enter(socket: Socket): void {
    const key = keyOf(socket);
    if (key === undefined) {
      socket.destroy();
      return;
    }
    this.#open.set(key, { socket, busy: 0 });
    socket.once("close", () => {
      this.#leave(key);
      this.#open.delete(key);
    });
    this.#wait(key, socket.remoteAddress!);
  }

  serve(named: ConnectionName): void {
    const key = keyOf(named) ?? "";
    const open = this.#open.get(key);
    if (open === undefined) return;
    open.busy += 1;
    this.#leave(key);
  }

  done(named: ConnectionName): void {
    const key = keyOf(named) ?? "";
    const open = this.#open.get(key);
    if (open === undefined) return;
    open.busy -= 1;
    if (open.busy <= 0) this.#wait(key, named.remoteAddress!);
  }

  failed(error: Error): void {
    this.#toldFailed({ error: error.message.slice(0, 200) });
  }

  clear(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  /** It keeps its place in the order: who sends a little now and then is silent for longest. */
  hold(named: ConnectionName, bytes: number): void {
    const guest = this.#guests.get(keyOf(named) ?? "");
    if (guest === undefined) return;
    guest.bytes += bytes;
    this.#bytes += bytes;
    this.#held.set(guest.crowd, (this.#held.get(guest.crowd) ?? 0) + bytes);
    while (this.#bytes > this.#limits.bytes) this.#shed(this.#oldestHolder());
  }

  #wait(key: string, address: string): void {
    this.#leave(key);
    const guest: Guest = { key, crowd: addressGroup(address), socket: this.#open.get(key)!.socket, bytes: 0 };
    this.#guests.set(key, guest);
    this.#crowds.add(guest.crowd, guest);
    if (this.#guests.size > this.#limits.places) this.#shed(this.#crowds.oldestOfGreatest());
  }

  #leave(key: string): void {
    const guest = this.#guests.get(key);
    if (guest === undefined) return;
    this.#guests.delete(key);
    this.#crowds.remove(guest.crowd, guest);
    if (guest.bytes === 0) return;
    this.#bytes -= guest.bytes;
    const left = this.#held.get(guest.crowd)! - guest.bytes;
    if (left > 0) this.#held.set(guest.crowd, left);
    else this.#held.delete(guest.crowd);
  }

  #shed(guest: Guest | undefined): void {
    if (guest === undefined) return;
    this.#leave(guest.key);
    guest.socket.destroy();
    this.#toldShed({ from: guest.crowd });
  }

  #oldestHolder(): Guest | undefined {
    let greatest: string | undefined;
    for (const [crowd, bytes] of this.#held)
      if (greatest === undefined || bytes > this.#held.get(greatest)!) greatest = crowd;
    if (greatest === undefined) return undefined;
    for (const guest of this.#crowds.of(greatest)) if (guest.bytes > 0) return guest;
    return undefined;
  }
}

/** Undefined for one that has left already. */
const keyOf = ({ remoteAddress, remotePort }: ConnectionName): string | undefined =>
  remoteAddress === undefined || remotePort === undefined ? undefined : `${remoteAddress} ${remotePort}`;
