import { onFact } from "../../kernel/fact.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { type OrderRow, readOrder } from "../agents/index.ts";
import { readAccountStatus, readEscrowFile, readProof, readTokenStatus } from "./agent-findings.ts";
import { bootstrapAdvice } from "./bootstrap-advice.ts";
import { goOnWithDeparture } from "./departure-steps.ts";
import { readDeparture } from "./departures.sql.ts";
import { updateEscrowDevice } from "./devices.sql.ts";
import { settleProof, takeRecoveryKey } from "./file-vault.ts";
import type { AskRow } from "./model.ts";
import type { EscrowParts } from "./ports.ts";
import { takeAsk } from "./rotations.sql.ts";
import { readHeld } from "./secrets.sql.ts";

/** What the agent found out for escrow. Also for orders that a person placed, where what they bring belongs here. */
export const onOrderFinished = (parts: EscrowParts) =>
  onFact<"order.finished">({
    name: "escrow/on-order-finished",
    types: ["order.finished"],
    handle: async (tx, { data }) => {
      const order = await readOrder(tx, data.orderId);
      if (order === undefined) return;
      const ask = await takeAsk(tx, order.id);
      await take(tx, parts, order, ask);
      const departure = ask === undefined ? undefined : await readDeparture(tx, order.deviceId);
      if (departure?.state === "open") await goOnWithDeparture(tx, parts, departure, order);
    },
  });

async function take(tx: WriteTransaction, parts: EscrowParts, order: OrderRow, ask: AskRow | undefined): Promise<void> {
  const { deviceId } = order;
  if (order.type === "validate-recovery-key" && ask !== undefined)
    return settleProof(tx, parts, ask, readProof(order.data)?.verdict ?? "unknown");
  if (order.state !== "succeeded") return;
  if (order.type === "read-recovery-key-escrow") {
    const cms = readEscrowFile(order.data)?.cms ?? null;
    if (cms !== null) await takeRecoveryKey(tx, parts, deviceId, Buffer.from(cms, "base64"), "agent");
    return;
  }
  if (order.type !== "bootstrap-token-status" && order.type !== "secure-token-status") return;
  if ((await readHeld(tx, deviceId, "bootstrapToken", "current")) !== undefined) return;
  const token = order.type === "bootstrap-token-status" ? readTokenStatus(order.data) : undefined;
  const accounts = order.type === "secure-token-status" ? readAccountStatus(order.data)?.accounts : undefined;
  // What macOS thinks of the server weighs more than who has logged in.
  if (token === undefined && accounts === undefined) return;
  if (token?.isSupported === true && token.isEscrowed !== true) return;
  const { isSupported = true, isEscrowed = false } = token ?? {};
  const tokenNote = bootstrapAdvice({ isSupported, isEscrowed, accounts: accounts ?? [] });
  await updateEscrowDevice(tx, deviceId, { tokenNote });
}
