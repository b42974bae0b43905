import { createHash } from "node:crypto";
import {
  envelopeBody,
  type IntentEnvelope,
  MAX_SCRIPT_BYTES,
  type OrderType,
  orders,
  SECRET_ORDERS,
} from "@pomona/agent-protocol";
import { asId, type DeviceId, type OrderId } from "@pomona/facts";
import { Compile } from "typebox/compile";
import { newId } from "../../kernel/clock.ts";
import { notFound, PomonaError } from "../../kernel/errors.ts";
import type { Vault } from "../../kernel/secret.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import type { OrderCourier } from "./order-courier.ts";
import { sealInput } from "./order-input.ts";
import { insertOrder, nextSequence, readEpoch } from "./orders.sql.ts";

const DEFAULT_LIFE_SECONDS = 86_400;
/** The sweep looks at an order for the first time after this; until then the courier's own timers watch it. */
const FIRST_SWEEP_MS = 5_000;

const checks = Object.fromEntries(
  Object.entries(orders).map(([type, { input }]) => [type, Compile(input)]),
) as unknown as Record<OrderType, ReturnType<typeof Compile>>;

/** What is asked of the agent of a Mac, and how long it may take to get there. */
export interface OrderRequest {
  readonly deviceId: DeviceId;
  readonly type: OrderType;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly expiresInSeconds?: number | undefined;
  readonly urgent?: boolean | undefined;
}

/** Stores an order in the caller's transaction and sends it after the commit. */
export type StoreOrder = (tx: WriteTransaction, request: OrderRequest) => Promise<OrderId>;

/**
 * Stores an order with its envelope. What it says is sealed where it may hold a secret.
 * @throws PomonaError `device.not-found`, `order.device-quarantined`, `order.input-invalid`, `order.script-too-large`
 */
export const storeOrder =
  (vault: Vault, courier: OrderCourier): StoreOrder =>
  async (tx, { deviceId, type, input = {}, expiresInSeconds = DEFAULT_LIFE_SECONDS, urgent }) => {
    checkInput(type, input);
    const device = await readDevice(tx, deviceId);
    if (device === undefined) throw notFound("device", deviceId);
    if (device.quarantine !== null)
      throw new PomonaError(
        "conflict",
        "order.device-quarantined",
        `${device.name} is in quarantine (${device.quarantine}). Look at it, release it, then give the order again.`,
      );
    const { scope } = tx;
    const envelope: IntentEnvelope = {
      v: 1,
      id: newId<"order">(tx.now),
      tenant: scope.tenantId,
      target: device.id,
      epoch: await readEpoch(tx),
      seq: await nextSequence(tx, device.id),
      bodyHash: createHash("sha256").update(envelopeBody(type, input), "utf8").digest("hex"),
      issuedAt: tx.now,
      expires: tx.now + expiresInSeconds * 1000,
      risk: orders[type].risk,
      signatures: [],
    };
    const isSecret = type === "run-script" || SECRET_ORDERS.has(type);
    await insertOrder(tx, {
      envelope,
      type,
      input,
      sealedInput: isSecret ? sealInput(vault, scope.tenantId, envelope.id, input) : null,
      shownInput: shownInput(type, input),
      isUrgent: urgent === true,
      actor: scope.actor.name,
      nextDeliveryAt: Math.min(tx.now + FIRST_SWEEP_MS, envelope.expires),
    });
    const orderId = asId<"order">(envelope.id);
    await tx.publish({ type: "order.queued", deviceId: device.id, data: { orderId, type } });
    const to = { tenantId: scope.tenantId, deviceId: device.id };
    tx.afterCommit(() => courier.deliver(to, { envelope, type, input, isUrgent: urgent === true }));
    return orderId;
  };

function checkInput(type: OrderType, input: Readonly<Record<string, unknown>>): void {
  const { script } = input;
  if (type === "run-script" && typeof script === "string") {
    const bytes = Buffer.byteLength(script, "utf8");
    if (bytes > MAX_SCRIPT_BYTES)
      throw new PomonaError(
        "too-large",
        "order.script-too-large",
        `The script has ${bytes} bytes; at most ${MAX_SCRIPT_BYTES} are taken. Fetch what is large from within the script.`,
        { detail: { bytes, limit: MAX_SCRIPT_BYTES } },
      );
  }
  if (checks[type].Check(input)) return;
  const errors = [...checks[type].Errors(input)].slice(0, 20).map(({ instancePath, message, keyword }) => ({
    path: `/input${instancePath}`,
    message: keyword === "boolean" ? `is not a field of ${type}` : message,
  }));
  throw new PomonaError(
    "invalid",
    "order.input-invalid",
    `The input does not fit ${type}: ${errors[0]?.path} ${errors[0]?.message}.`,
    { detail: { errors } },
  );
}

/** A script and its arguments can hold secrets: only what describes them is shown. Of a secret order, whom it is about. */
function shownInput(type: OrderType, input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (SECRET_ORDERS.has(type)) return type === "create-account" ? { name: input["name"] } : {};
  if (type !== "run-script") return input;
  const { script, arguments: words, ...rest } = input;
  return {
    ...rest,
    scriptBytes: Buffer.byteLength(script as string, "utf8"),
    ...(Array.isArray(words) ? { argumentCount: words.length } : {}),
  };
}
