import { isId } from "../../kernel/clock.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { ByAccount, SignedRequest } from "./acme-door.ts";
import type { Order } from "./model.ts";
import { readOrder } from "./orders.sql.ts";
import { AcmeProblem } from "./problem.ts";

/** The order that a URL names, if it is the account's own. @throws AcmeProblem `notFound`: also for another account's */
export async function orderOf(kernel: Kernel, request: SignedRequest<ByAccount>): Promise<Order> {
  const id = request.params["id"] ?? "";
  const order = isId(id)
    ? await kernel.store.read(systemScope(request.tenantId, "acme"), (tx) =>
        readOrder(tx, request.signer.account.id, id),
      )
    : undefined;
  if (order === undefined) throw new AcmeProblem("notFound", "This account has no such resource.");
  return order;
}
