import type { AnyFact } from "@pomona/facts";
import { type Kysely, sql } from "kysely";
import type { FactHandler, FactLog } from "../../kernel/fact.ts";
import type { Log } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { type Store, sqlOf } from "../../kernel/store.ts";

interface Tables {
  fact_cursors: { handler: string; position: number };
  fact_dead_letters: { handler: string; position: number; at: number; error: string };
}

const BATCH = 200;
const TRIES = 5;
/** Facts that may be passed over before a handler's place is written down, so that a start does not read them all again. */
const PASSED_UNWRITTEN = 5_000;

/**
 * Brings every committed fact to every handler that asked for its type: in order, once, whatever crashes. A handler
 * that fails five times at one fact leaves it as a dead letter and goes on, so that one bad row does not stop a fleet.
 */
export class FactRelay {
  readonly #store: Store;
  readonly #log: Log;
  readonly #couriers: readonly Courier[];
  #unsubscribe: () => void = () => {};
  readonly #facts: FactLog;

  constructor(store: Store, facts: FactLog, handlers: readonly FactHandler[], log: Log) {
    this.#store = store;
    this.#facts = facts;
    this.#log = log;
    this.#couriers = handlers.map((handler) => new Courier(handler, store, facts, log));
  }

  async start(): Promise<void> {
    const cursors = await this.#store.read(systemScope(PLATFORM, "relay"), (tx) =>
      sqlOf<Tables>(tx).selectFrom("fact_cursors").selectAll().execute(),
    );
    for (const courier of this.#couriers) {
      courier.startAfter(cursors.find((cursor) => cursor.handler === courier.name)?.position ?? 0);
    }
    this.#unsubscribe = this.#facts.subscribe((facts) => {
      for (const courier of this.#couriers) courier.nudge(facts);
    });
    for (const courier of this.#couriers) courier.wake();
    this.#log.info("relay.started", { handlers: this.#couriers.length });
  }

  /** Lets the handlers that are at work finish. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    await Promise.all(this.#couriers.map((courier) => courier.stop()));
  }
}

class Courier {
  readonly name: string;
  readonly #handler: FactHandler;
  readonly #types: ReadonlySet<string>;
  readonly #store: Store;
  readonly #facts: FactLog;
  readonly #log: Log;
  /** Up to here everything is handled or passed over. */
  #position = 0;
  /** The place in the store, which may lag behind by what was passed over. */
  #written = 0;
  #isAwake = false;
  /** It gave up at a fact that is still to be handled. */
  #isStuck = false;
  #isStopped = false;
  #hasNews = false;
  #work: Promise<void> = Promise.resolve();

  constructor(handler: FactHandler, store: Store, facts: FactLog, log: Log) {
    this.name = handler.name;
    this.#handler = handler;
    this.#types = new Set(handler.types);
    this.#store = store;
    this.#facts = facts;
    this.#log = log;
  }

  startAfter(position: number): void {
    this.#position = position;
    this.#written = position;
  }

  nudge(facts: readonly AnyFact[]): void {
    if (this.#isStuck || facts.some((fact) => this.#concerns(fact))) return this.wake();
    if (this.#isAwake) return;
    // Facts come in the order of their positions: while it rests, all before these is done.
    this.#position = facts.at(-1)!.position;
    if (this.#position - this.#written > PASSED_UNWRITTEN) this.wake();
  }

  #concerns(fact: AnyFact): boolean {
    return this.#types.has(fact.type) && this.#handler.concerns?.(fact) !== false;
  }

  wake(): void {
    this.#hasNews = true;
    if (this.#isAwake || this.#isStopped) return;
    this.#isAwake = true;
    this.#work = this.#run().catch((error: unknown) => {
      // The store does not even take note of the failure: the fact stays where it is until the next one wakes us.
      this.#isAwake = false;
      this.#isStuck = true;
      this.#log.error("relay.stuck", { handler: this.name, error: String(error) });
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#work;
  }

  async #run(): Promise<void> {
    this.#isStuck = false;
    while (this.#hasNews && !this.#isStopped) {
      this.#hasNews = false;
      for (;;) {
        const facts = await this.#facts.readAfter(this.#position, { types: this.#handler.types, limit: BATCH });
        for (const fact of facts) {
          if (this.#isStopped) break;
          if (this.#concerns(fact)) {
            await this.#deliver(fact);
            this.#written = fact.position;
          }
          this.#position = fact.position;
        }
        if (facts.length < BATCH || this.#isStopped) break;
      }
      if (this.#position - this.#written > PASSED_UNWRITTEN) await this.#writePlace();
    }
    this.#isAwake = false;
  }

  async #writePlace(): Promise<void> {
    const position = this.#position;
    await this.#store.write(systemScope(PLATFORM, this.name), async (tx) => {
      await moveCursor(sqlOf<Tables>(tx), this.name, position);
    });
    this.#written = position;
  }

  async #deliver(fact: AnyFact): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#store.write(systemScope(fact.tenantId, this.name), async (tx) => {
          await this.#handler.handle(tx, fact);
          await moveCursor(sqlOf<Tables>(tx), this.name, fact.position);
        });
        return;
      } catch (error) {
        this.#log.error("relay.handler-failed", {
          handler: this.name,
          type: fact.type,
          position: fact.position,
          attempt,
          error: String(error),
        });
        if (attempt >= TRIES || this.#isStopped) return this.#bury(fact, error);
        await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** attempt));
      }
    }
  }

  /** A stopped courier buries nothing: the fact is tried again at the next start. */
  async #bury(fact: AnyFact, error: unknown): Promise<void> {
    if (this.#isStopped) return;
    await this.#store.write(systemScope(PLATFORM, this.name), async (tx) => {
      await sqlOf<Tables>(tx)
        .insertInto("fact_dead_letters")
        .values({ handler: this.name, position: fact.position, at: tx.now, error: String(error).slice(0, 2000) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await moveCursor(sqlOf<Tables>(tx), this.name, fact.position);
    });
  }
}

const moveCursor = (db: Kysely<Tables>, handler: string, position: number) =>
  sql`INSERT INTO fact_cursors (handler, position) VALUES (${handler}, ${position})
      ON CONFLICT (handler) DO UPDATE SET position = ${position}`.execute(db);
