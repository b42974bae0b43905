import type { TenantId } from "@pomona/facts";
import type { Job, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { type ReadTransaction, type WriteTransaction, writeInSlices } from "../../kernel/store.ts";
import { appendMessage, deleteLogged, readLogEnd, readMessageLog } from "./message-log.sql.ts";
import { readMessageMemory, writeMessageMemory } from "./message-memory.sql.ts";
import {
  judgeMessage,
  type MessageKind,
  type ReplayVerdict,
  rememberMessage,
  type SenderMemory,
} from "./replay-rule.ts";

const MOST_SENDERS = 50_000;

/** One channel of one enrollment, and a signed message of it. */
export interface SignedMessage {
  readonly tenantId: TenantId;
  readonly enrollmentId: string;
  /** The identifier that the message names: a Mac, or one of its users. */
  readonly identifier: string;
  readonly kind: MessageKind;
  readonly print: string;
  /** Claimed by the signer, ms. */
  readonly signedAt: number | undefined;
}

/** A sender whose row lags behind the log. */
interface Unwritten {
  readonly tenantId: TenantId;
  readonly enrollmentId: string;
  readonly memory: SenderMemory;
}

const WRITE_EVERY_MS = 5_000;
const SENDERS_AT_ONCE = 25;

/**
 * Which messages were taken in before, so that nothing recorded can be played back. Each is a line in a log, written with the
 * change that the message makes, so that a restart forgets nothing; a job brings the senders' rows up to date, once for all that
 * a sender has said meanwhile. To write the row with each message would cost a page of the store per message.
 */
export class MessageMemory {
  readonly #kernel: Kernel;
  readonly #senders = new Map<string, SenderMemory>();
  /** What the rows lack; `#writing` while they are being written. */
  #unwritten = new Map<string, Unwritten>();
  #writing: ReadonlyMap<string, Unwritten> = new Map();
  #isLoaded = false;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  async judge(message: SignedMessage, now: number): Promise<ReplayVerdict> {
    const key = keyOf(message);
    if (!this.#isLoaded) await this.#kernel.store.read(systemScope(PLATFORM, "enrollment"), (tx) => this.#load(tx));
    const memory =
      this.#held(key) ??
      (await this.#kernel.store.read(systemScope(message.tenantId, "enrollment"), (tx) => readMessageMemory(tx, key)));
    // Another message of the same sender may have come in meanwhile, and knows more.
    if (this.#held(key) === undefined) this.#keep(key, memory);
    return judgeMessage(this.#held(key) ?? memory, message, message.kind, now);
  }

  /** In memory at once and not after the commit: of two that come together the second must see the first. */
  async remember(tx: WriteTransaction, signed: SignedMessage, isClockSet = false): Promise<void> {
    if (!this.#isLoaded) await this.#load(tx);
    const key = keyOf(signed);
    const held = this.#held(key) ?? (await readMessageMemory(tx, key));
    const { tenantId, enrollmentId, kind } = signed;
    const message = { print: signed.print, signedAt: signed.signedAt, at: tx.now };
    const next = rememberMessage(held, message, kind, isClockSet);
    if (next === held) return;
    this.#keep(key, next);
    this.#unwritten.set(key, { tenantId, enrollmentId, memory: next });
    await appendMessage(tx, { sender: key, enrollmentId, kind, message, isClockSet });
  }

  /** Brings the rows up to date with the log. Cut off anywhere, it is done again: what is there twice counts once. */
  job(): Job {
    return {
      name: "enrollment/write-message-memory",
      everyMs: WRITE_EVERY_MS,
      run: async () => {
        if (!this.#isLoaded || this.#unwritten.size === 0) return;
        const { store } = this.#kernel;
        const scope = systemScope(PLATFORM, "enrollment");
        // Within one transaction: all that was logged until now is in what is taken, and nothing else.
        const end = await store.write(scope, async (tx) => {
          this.#writing = new Map([...this.#writing, ...this.#unwritten]);
          this.#unwritten = new Map();
          return readLogEnd(tx);
        });
        const rows = [...this.#writing];
        await writeInSlices(store, scope, rows, SENDERS_AT_ONCE, async (tx, slice) => {
          for (const [key, { tenantId, enrollmentId, memory }] of slice)
            await writeMessageMemory(tx, { tenantId, sender: key, enrollmentId }, memory);
        });
        await store.write(scope, (tx) => deleteLogged(tx, end));
        this.#writing = new Map();
      },
    };
  }

  /** After a start: what was logged and did not get into the rows. */
  async #load(tx: ReadTransaction): Promise<void> {
    const found = new Map<string, Unwritten>();
    for (const { tenantId, sender, enrollmentId, kind, message, isClockSet } of await readMessageLog(tx)) {
      const held = found.get(sender)?.memory ?? (await readMessageMemory(tx, sender, tenantId));
      found.set(sender, { tenantId, enrollmentId, memory: rememberMessage(held, message, kind, isClockSet) });
    }
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    this.#unwritten = found;
  }

  #held(key: string): SenderMemory | undefined {
    return this.#senders.get(key) ?? (this.#unwritten.get(key) ?? this.#writing.get(key))?.memory;
  }

  #keep(key: string, memory: SenderMemory): void {
    this.#senders.delete(key);
    if (this.#senders.size >= MOST_SENDERS) this.#senders.delete(this.#senders.keys().next().value!);
    this.#senders.set(key, memory);
  }
}

const keyOf = ({ enrollmentId, identifier }: SignedMessage): string => `${enrollmentId} ${identifier}`;
