import type { ActionContract } from "@pomona/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Authenticator } from "../../features/access/index.ts";
import type { BoundAction } from "../../kernel/action.ts";
import { PomonaError } from "../../kernel/errors.ts";
import type { Performer } from "../../kernel/perform.ts";
import { credentialsOf } from "./credentials.ts";
import { hasBody } from "./tell-connections.ts";

/** Makes a route of every action. The input is the path's parts, the query (GET, DELETE) or the body, in one object. */
export function addActionRoutes(
  server: FastifyInstance,
  actions: readonly BoundAction[],
  performer: Performer,
  authenticator: Authenticator,
): void {
  for (const action of actions) {
    const { contract } = action;
    server.route({
      // Before the body is read: a stranger's is not kept.
      onRequest: async (request) => {
        if (hasBody(request.raw)) await authenticator.scopeOf(credentialsOf(request));
      },
      method: contract.method,
      url: `/api/v1${contract.path.replace(/\{(\w+)\}/g, ":$1")}`,
      handler: async (request, reply) => {
        // After it, too: a body can take its time, and what opened the door may have been revoked meanwhile.
        const scope = await authenticator.scopeOf(credentialsOf(request));
        const key = request.headers["idempotency-key"];
        const options = typeof key === "string" ? { idempotencyKey: checkedKey(key) } : {};
        const output = await performer.perform(action, scope, inputOf(contract, request), options);
        return reply
          .code(contract.status ?? 200)
          .header("cache-control", "no-store")
          .send(output);
      },
    });
  }
}

function inputOf(contract: ActionContract, request: FastifyRequest): unknown {
  const isBodiless = contract.method === "GET" || contract.method === "DELETE";
  const rest = isBodiless ? fromQuery(contract, request.query as Record<string, unknown>) : (request.body ?? {});
  if (typeof rest !== "object" || rest === null || Array.isArray(rest)) {
    throw new PomonaError("invalid", "body.not-an-object", "The body has to be a JSON object.");
  }
  const params = request.params as Record<string, string>;
  for (const name of Object.keys(params)) {
    if (Object.hasOwn(rest, name)) throw new PomonaError("invalid", "input.twice", `${name} belongs in the path only.`);
  }
  return { ...rest, ...params };
}

/** Query values are text; numbers and booleans are read where the schema wants them. */
function fromQuery(contract: ActionContract, query: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(query).filter(([name]) => name !== "tenant");
  // Not by assignment: a query may name `__proto__`, and that is a field like any other, to be refused.
  return Object.fromEntries(entries.map(([name, value]) => [name, valueOf(contract, name, value)]));
}

function valueOf(contract: ActionContract, name: string, value: unknown): unknown {
  const { properties } = contract.input;
  const wanted = Object.hasOwn(properties, name) ? (properties[name] as { readonly type?: string }).type : undefined;
  if (wanted === "integer" || wanted === "number") return /^-?\d+(\.\d+)?$/.test(String(value)) ? Number(value) : value;
  if (wanted === "boolean") return value === "true" ? true : value === "false" ? false : value;
  return value;
}

function checkedKey(key: string): string {
  if (key.length >= 1 && key.length <= 200) return key;
  throw new PomonaError("invalid", "idempotency.key", "An Idempotency-Key has 1 to 200 characters.");
}
