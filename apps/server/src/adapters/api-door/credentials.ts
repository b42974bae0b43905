import type { FastifyRequest } from "fastify";
import type { Credentials } from "../../features/access/index.ts";
import { PomonaError } from "../../kernel/errors.ts";

export const SESSION_COOKIE = "pomona_session";

/** What a request brings to say who it is. */
export function credentialsOf(request: FastifyRequest): Credentials {
  const header = request.headers.authorization;
  const bearer = header !== undefined && /^bearer /i.test(header) ? header.slice(7).trim() : undefined;
  const session = bearer === undefined ? request.cookies[SESSION_COOKIE] : undefined;
  if (session !== undefined && request.method !== "GET" && request.headers["pomona-client"] === undefined) {
    // A form on another site can send the cookie, but not this header.
    throw new PomonaError(
      "forbidden",
      "request.cross-site",
      "Requests that change something with a session cookie need the header 'Pomona-Client'.",
    );
  }
  const asked = request.headers["pomona-tenant"] ?? (request.query as Record<string, unknown>)["tenant"];
  return {
    token: bearer,
    session,
    tenantId: typeof asked === "string" && asked !== "" ? asked : undefined,
    address: request.ip,
  };
}
