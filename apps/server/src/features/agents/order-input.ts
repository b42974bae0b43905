import type { Sealed, Vault } from "../../kernel/secret.ts";

const place = (orderId: string) => ({ table: "orders", row: orderId, field: "sealed_input" });

export const sealInput = (vault: Vault, tenantId: string, orderId: string, input: unknown): Sealed =>
  vault.seal(tenantId, place(orderId), Buffer.from(JSON.stringify(input), "utf8"));

/** The whole input of a stored order, opened where it is sealed. */
export function inputOf(
  vault: Vault,
  tenantId: string,
  order: { readonly id: string; readonly input: unknown; readonly sealedInput: Sealed | null },
): unknown {
  if (order.sealedInput === null) return order.input;
  const secret = vault.open(tenantId, place(order.id), order.sealedInput);
  return JSON.parse(Buffer.from(secret.expose()).toString("utf8")) as unknown;
}
