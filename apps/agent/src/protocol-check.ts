import {
  AgentSettings,
  down,
  EnrollResponse,
  type Lane,
  OrderMessage,
  type OrderType,
  orders,
  PollResponse,
  RenewResponse,
  up,
} from "@pomona/agent-protocol";
import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";

const compiled = new WeakMap<TSchema, { Check(value: unknown): boolean }>();

/** True when a value has the shape of a schema; each schema is compiled once per process, at its first use. */
export function fits<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  let check = compiled.get(schema);
  if (check === undefined) {
    check = Compile(schema) as { Check(value: unknown): boolean };
    compiled.set(schema, check);
  }
  return check.Check(value);
}

const own = (table: object, name: string): unknown =>
  Object.hasOwn(table, name) ? (table as Readonly<Record<string, unknown>>)[name] : undefined;

/** The schema of a message, or undefined when the closed list of that lane and direction does not have it. */
export function messageSchema(direction: "up" | "down", lane: Lane, message: string): TSchema | undefined {
  return own((direction === "up" ? up : down)[lane], message) as TSchema | undefined;
}

export const isOrderType = (type: string): type is OrderType => Object.hasOwn(orders, type);
export const isOrderMessage = (value: unknown): value is OrderMessage => fits(OrderMessage, value);
export const isAgentSettings = (value: unknown): value is AgentSettings => fits(AgentSettings, value);
export const isEnrollResponse = (value: unknown): value is EnrollResponse => fits(EnrollResponse, value);
export const isRenewResponse = (value: unknown): value is RenewResponse => fits(RenewResponse, value);
export const isPollResponse = (value: unknown): value is PollResponse => fits(PollResponse, value);
