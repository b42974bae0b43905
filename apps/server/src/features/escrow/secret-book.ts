import { timingSafeEqual } from "node:crypto";
import type { DeviceId, SecretKind } from "@pomona/facts";
import { newId } from "../../kernel/clock.ts";
import { PomonaError } from "../../kernel/errors.ts";
import type { Secret, Vault } from "../../kernel/secret.ts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { nextSlot, type Opened, type SecretRow, type SlotEvent, type Verdict } from "./model.ts";
import { readPolicy } from "./policies.sql.ts";
import { readRecipient } from "./recipients.sql.ts";
import {
  insertSecret,
  placeOf,
  readHeld,
  readSecret,
  readSecrets,
  type SecretChange,
  updateSecret,
} from "./secrets.sql.ts";

const DAY = 86_400_000;
const TABLE = "escrow_secrets";

/** A value that comes into escrow. */
export interface NewSecret {
  readonly deviceId: DeviceId;
  readonly kind: SecretKind;
  readonly value: string | Uint8Array;
  /** How it came: a request type, `agent`, `person`. */
  readonly source: string;
  readonly note?: string;
}

type StoredValue = Pick<SecretRow, "id" | "deviceId" | "sealed" | "sealedIn">;

/** The one store of escrowed values. It moves them between slots by the table in `model.ts`, and nothing else does. */
export class SecretBook {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** @throws PomonaError `vault.cannot-open` */
  open(tenantId: string, row: StoredValue): Secret {
    const place = placeOf(row.id, row.deviceId, row.sealedIn);
    return this.#vault.open(tenantId, place, row.sealed);
  }

  /**
   * The text of a value, for those that are text.
   * @param opened what a KMS opened ahead of the transaction
   * @throws PomonaError `escrow.changed-meanwhile` for a value that only a KMS opens and that was not among them
   */
  text(tenantId: string, row: StoredValue, opened?: Opened): string {
    if (row.sealed.recipient === "tenant") return Buffer.from(this.open(tenantId, row).expose()).toString("utf8");
    const value = opened?.get(row.id);
    if (value !== undefined) return value;
    throw new PomonaError(
      "conflict",
      "escrow.changed-meanwhile",
      "Another value came while the KMS was asked for this one. Try again.",
    );
  }

  /** As `text`, asking the KMS where it has to; not inside a transaction. @throws PomonaError also `kms.*` */
  async textAnywhere(tenantId: string, row: StoredValue): Promise<string> {
    const place = placeOf(row.id, row.deviceId, row.sealedIn);
    const secret = await this.#vault.openAnywhere(tenantId, place, row.sealed);
    return Buffer.from(secret.expose()).toString("utf8");
  }

  /** Seals a value for the tenant's KMS that the server opened itself until now. One that does not open stays as it is. */
  async moveToKms(tx: WriteTransaction, row: SecretRow): Promise<void> {
    let value: Uint8Array;
    try {
      value = this.open(tx.scope.tenantId, row).expose();
    } catch {
      await updateSecret(tx, row.id, { opens: false, openedAt: tx.now });
      return;
    }
    const { mark, ...moved } = await this.#seal(tx, row.kind, row.id, value);
    await updateSecret(tx, row.id, { sealedIn: TABLE, ...(mark === null ? {} : { mark }), ...moved });
  }

  /** Keeps a value that the Mac has not confirmed. What was pending before becomes history, readable as ever. */
  async keepPending(tx: WriteTransaction, secret: NewSecret): Promise<SecretRow> {
    const before = await readHeld(tx, secret.deviceId, secret.kind, "pending");
    if (before !== undefined) await this.#move(tx, before, "replaced");
    return this.#insert(tx, secret, "pending");
  }

  /** Keeps a value that is confirmed by the way it came: the Mac itself sent it, in the open, over its own channel. */
  async keepCurrent(tx: WriteTransaction, secret: NewSecret): Promise<SecretRow> {
    const before = await readHeld(tx, secret.deviceId, secret.kind, "current");
    if (before !== undefined) await this.#move(tx, before, "replaced");
    const row = await this.#insert(tx, secret, "current");
    await this.#plan(tx, row);
    return row;
  }

  /** The Mac proved or acknowledged it: it becomes the current one, and what was current becomes history. */
  async confirm(tx: WriteTransaction, row: SecretRow, verdict: Verdict = row.verdict): Promise<void> {
    const proof: SecretChange = verdict === "right" ? { verdict, verifiedAt: tx.now } : {};
    if (row.slot === "current") {
      await updateSecret(tx, row.id, { ...proof, ...(row.confirmedAt === null ? { confirmedAt: tx.now } : {}) });
      return;
    }
    const before = await readHeld(tx, row.deviceId, row.kind, "current");
    if (before !== undefined) await this.#move(tx, before, "replaced");
    await this.#move(tx, row, "confirmed", { ...proof, confirmedAt: tx.now, retiredAt: null });
    await this.#plan(tx, row);
  }

  /** The Mac said no, or never got it. @param note why, in words without the value */
  async refuse(tx: WriteTransaction, row: SecretRow, note: string, verdict: Verdict = "unknown"): Promise<void> {
    const proof: SecretChange = verdict === "unknown" ? {} : { verdict, verifiedAt: tx.now };
    await this.#move(tx, row, "refused", { ...proof, note });
  }

  /** It is on the Mac no more, and nothing came in its place. */
  async retire(tx: WriteTransaction, row: SecretRow, note: string): Promise<void> {
    await this.#move(tx, row, "replaced", { note });
  }

  /** The Mac reports a value that was history: it may be the one that counts after all. */
  async bringBack(tx: WriteTransaction, row: SecretRow): Promise<SecretRow> {
    const before = await readHeld(tx, row.deviceId, row.kind, "pending");
    if (before !== undefined && before.id !== row.id) await this.#move(tx, before, "replaced");
    await this.#move(tx, row, "reported", { retiredAt: null });
    return (await readSecret(tx, row.id))!;
  }

  /** Which of the values of a kind this is; compared without telling by time. A value that does not open is none. */
  async find(
    tx: ReadTransaction,
    deviceId: DeviceId,
    kind: SecretKind,
    value: Uint8Array,
  ): Promise<SecretRow | undefined> {
    const wanted = Buffer.from(value);
    const isSame = (row: SecretRow): boolean => {
      if (row.mark !== null) return this.#vault.isMarkOf(tx.scope.tenantId, row.mark, wanted);
      try {
        const held = Buffer.from(this.open(tx.scope.tenantId, row).expose());
        return held.length === wanted.length && timingSafeEqual(held, wanted);
      } catch {
        return false;
      }
    };
    return (await readSecrets(tx, deviceId, kind)).find(isSame);
  }

  async #insert(tx: WriteTransaction, secret: NewSecret, slot: "pending" | "current"): Promise<SecretRow> {
    const { deviceId, kind, value, source, note = null } = secret;
    const id = newId(tx.now);
    const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
    const kept = await this.#seal(tx, kind, id, bytes);
    const confirmedAt = slot === "current" ? tx.now : null;
    await insertSecret(tx, { id, deviceId, kind, slot, ...kept, sealedIn: TABLE, source, note, confirmedAt });
    await tx.publish({ type: "escrow.secret-stored", deviceId, data: { kind, secretId: id, slot, source } });
    return (await readSecret(tx, id))!;
  }

  /** Recovery keys of FileVault go to the tenant's KMS where it has one; everything else is for the server, which needs it. */
  async #seal(tx: WriteTransaction, kind: SecretKind, id: string, bytes: Uint8Array) {
    const { tenantId } = tx.scope;
    const place = placeOf(id, "", TABLE);
    const recipient = kind === "fileVaultKey" ? await readRecipient(tx) : undefined;
    if (recipient === undefined)
      return { sealed: this.#vault.seal(tenantId, place, bytes), mark: null, kmsDue: null } as const;
    const sealed = this.#vault.sealFor(recipient, tenantId, place, bytes);
    return { sealed, mark: this.#vault.mark(tenantId, bytes), kmsDue: tx.now + DAY };
  }

  async #move(tx: WriteTransaction, row: SecretRow, event: SlotEvent, change: SecretChange = {}): Promise<void> {
    const slot = nextSlot(row.slot, event);
    const retired = slot === "old" && row.slot !== "old" ? { retiredAt: tx.now, rotateAt: null } : {};
    await updateSecret(tx, row.id, { ...retired, ...change, slot });
    if (slot === row.slot) return;
    const { deviceId, kind, source } = row;
    await tx.publish({ type: "escrow.secret-stored", deviceId, data: { kind, secretId: row.id, slot, source } });
  }

  /** When it is replaced by time alone. */
  async #plan(tx: WriteTransaction, { id, kind }: SecretRow): Promise<void> {
    const { everyDays } = await readPolicy(tx, kind);
    await updateSecret(tx, id, { rotateAt: everyDays === null ? null : tx.now + everyDays * DAY });
  }
}
