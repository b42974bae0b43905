import type { ActionContract } from "./action-contract.ts";
import { Problem } from "./shapes.ts";

/** The OpenAPI 3.1 document of a set of actions, as plain JSON. `serverUrl` ends in `/api/v1`. */
export function openApiOf(actions: readonly ActionContract[], serverUrl: string, version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const action of actions) {
    const item = (paths[action.path] ??= {});
    item[action.method.toLowerCase()] = operationOf(action);
  }
  return {
    openapi: "3.1.0",
    info: { title: "Pomona", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    servers: [{ url: serverUrl }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Problem },
    },
  };
}

function operationOf(action: ActionContract): object {
  const inPath = new Set([...action.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!));
  const required = new Set<string>((action.input as { required?: readonly string[] }).required ?? []);
  const fields = Object.entries(action.input.properties);
  const isBodiless = action.method === "GET" || action.method === "DELETE";
  const rest = fields.filter(([name]) => !inPath.has(name));
  const parameters = [
    ...[...inPath].map((name) => ({ name, in: "path", required: true, schema: action.input.properties[name] })),
    ...(isBodiless ? rest.map(([name, schema]) => ({ name, in: "query", required: required.has(name), schema })) : []),
    { name: "Pomona-Tenant", in: "header", required: false, schema: { type: "string" } },
    ...(action.method === "POST"
      ? [{ name: "Idempotency-Key", in: "header", required: false, schema: { type: "string", maxLength: 200 } }]
      : []),
  ];
  const body = {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(rest),
    required: rest.map(([name]) => name).filter((name) => required.has(name)),
  };
  return {
    operationId: action.name,
    summary: action.summary,
    tags: [action.name.split(".")[0]],
    "x-risk": action.risk,
    parameters,
    ...(isBodiless || rest.length === 0
      ? {}
      : { requestBody: { required: body.required.length > 0, content: { "application/json": { schema: body } } } }),
    responses: {
      [action.status ?? 200]: {
        description: action.summary,
        content: { "application/json": { schema: action.output } },
      },
      default: {
        description: "What went wrong (RFC 9457)",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}
