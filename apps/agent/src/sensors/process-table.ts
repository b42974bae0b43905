import { type ProcessToken, tokenKey } from "../kill/process-token.ts";
import type { ProcessImage, SensorEvent } from "./sensor-events.ts";

/** The processes that the events told of, oldest forgotten first beyond the bound. */
export class ProcessTable {
  readonly #limit: number;
  readonly #images = new Map<string, ProcessImage>();
  readonly #children = new Map<string, Set<string>>();

  constructor(limit = 16_384) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#images.size;
  }

  apply(event: SensorEvent): void {
    if (event.kind === "exec") {
      const key = tokenKey(event.before);
      const same = key === tokenKey(event.target.token);
      if (!same) this.#forget(key);
      this.#remember(event.target, event.target.parent);
    } else if (event.kind === "fork") this.#remember(event.child, event.parent);
    else if (event.kind === "exit") this.#forget(tokenKey(event.token));
  }

  /** What a process runs, as far as events told. */
  image(token: ProcessToken): ProcessImage | undefined {
    return this.#images.get(tokenKey(token));
  }

  /** Living forks of a process, and theirs, nearest first. */
  descendants(token: ProcessToken): readonly ProcessImage[] {
    const found = new Map<string, ProcessImage>();
    const waiting = [tokenKey(token)];
    for (const parent of waiting)
      for (const key of this.#children.get(parent) ?? []) {
        const image = this.#images.get(key);
        if (image === undefined || found.has(key)) continue;
        found.set(key, image);
        waiting.push(key);
      }
    return [...found.values()];
  }

  #remember(image: ProcessImage, parent: ProcessToken | undefined): void {
    const key = tokenKey(image.token);
    this.#images.delete(key);
    this.#images.set(key, image);
    if (parent !== undefined) {
      const siblings = this.#children.get(tokenKey(parent)) ?? new Set();
      siblings.add(key);
      this.#children.set(tokenKey(parent), siblings);
    }
    for (const oldest of this.#images.keys()) {
      if (this.#images.size <= this.#limit) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    const image = this.#images.get(key);
    this.#images.delete(key);
    this.#children.delete(key);
    const parent = image?.parent && tokenKey(image.parent);
    const siblings = parent === undefined ? undefined : this.#children.get(parent);
    siblings?.delete(key);
    if (parent !== undefined && siblings?.size === 0) this.#children.delete(parent);
  }
}
