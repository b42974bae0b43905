import type { OrderType } from "@pomona/agent-protocol";
import type { DeviceId, SecretKind } from "@pomona/facts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import type { AskPurpose } from "./model.ts";
import type { EscrowParts } from "./ports.ts";
import { insertAsk } from "./rotations.sql.ts";

/** What a command or an order of escrow's is for. */
export interface AskAbout {
  readonly deviceId: DeviceId;
  readonly kind: SecretKind;
  readonly purpose: AskPurpose;
  readonly secretId?: string;
  readonly keyId?: string;
}

const DAY = 86_400_000;
/** A rotation that nobody took within this time is over: nobody shall wonder for a month. */
const COMMAND_LIFE_MS = 7 * DAY;
const ORDER_LIFE_SECONDS = 86_400;

const remember = (tx: WriteTransaction, ref: string, about: AskAbout) =>
  insertAsk(tx, {
    ref,
    deviceId: about.deviceId,
    kind: about.kind,
    purpose: about.purpose,
    secretId: about.secretId ?? null,
    keyId: about.keyId ?? null,
  });

/** Sends a command and remembers what for, in one transaction. @throws PomonaError where the command is not possible */
export async function askByCommand(
  tx: WriteTransaction,
  { queue }: Pick<EscrowParts, "queue">,
  about: AskAbout,
  requestType: string,
  input: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { deviceId } = about;
  const { id } = await queue.enqueue(tx, { deviceId, requestType, input, ttlMs: COMMAND_LIFE_MS, actor: "escrow" });
  await remember(tx, id, about);
}

/** Whether the Mac has an agent that could take an order. */
export async function canOrder(tx: ReadTransaction, deviceId: DeviceId): Promise<boolean> {
  const device = await readDevice(tx, deviceId);
  return device !== undefined && device.agentInstalled && device.quarantine === null;
}

/** Gives the agent an order and remembers what for. @returns false when the Mac has no agent that could take it */
export async function askByOrder(
  tx: WriteTransaction,
  { storeOrder }: Pick<EscrowParts, "storeOrder">,
  about: AskAbout,
  type: OrderType,
  input: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  if (!(await canOrder(tx, about.deviceId))) return false;
  const orderId = await storeOrder(tx, { deviceId: about.deviceId, type, input, expiresInSeconds: ORDER_LIFE_SECONDS });
  await remember(tx, orderId, about);
  return true;
}
