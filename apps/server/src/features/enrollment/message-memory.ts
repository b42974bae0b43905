import type { TenantId } from "@pomona/facts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
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

/**
 * Which messages were taken in before, so that nothing recorded can be played back. It is kept in the store, written with
 * the change that the message makes; a restart forgets nothing.
 */
export class MessageMemory {
  readonly #kernel: Kernel;
  readonly #senders = new Map<string, SenderMemory>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  async judge(message: SignedMessage, now: number): Promise<ReplayVerdict> {
    const key = keyOf(message);
    const memory =
      this.#senders.get(key) ??
      (await this.#kernel.store.read(systemScope(message.tenantId, "enrollment"), (tx) => readMessageMemory(tx, key)));
    // Another message of the same sender may have come in meanwhile, and knows more.
    if (!this.#senders.has(key)) this.#keep(key, memory);
    return judgeMessage(this.#senders.get(key) ?? memory, message, message.kind, now);
  }

  /** In memory at once and not after the commit: of two that come together the second must see the first. */
  async remember(tx: WriteTransaction, message: SignedMessage, isClockSet = false): Promise<void> {
    const key = keyOf(message);
    const held = this.#senders.get(key) ?? (await readMessageMemory(tx, key));
    const next = rememberMessage(
      held,
      { print: message.print, signedAt: message.signedAt, at: tx.now },
      message.kind,
      isClockSet,
    );
    if (next === held) return;
    this.#keep(key, next);
    await writeMessageMemory(tx, key, message.enrollmentId, next);
  }

  #keep(key: string, memory: SenderMemory): void {
    this.#senders.delete(key);
    if (this.#senders.size >= MOST_SENDERS) this.#senders.delete(this.#senders.keys().next().value!);
    this.#senders.set(key, memory);
  }
}

const keyOf = ({ enrollmentId, identifier }: SignedMessage): string => `${enrollmentId} ${identifier}`;
