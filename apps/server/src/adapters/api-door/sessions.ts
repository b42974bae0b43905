import type { FastifyInstance, FastifyReply } from "fastify";
import { signIn, signOut } from "../../features/access/index.ts";
import { PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { SESSION_COOKIE } from "./credentials.ts";

const MOST_PROOF_BYTES = 4_096;
const COOKIE = { httpOnly: true, secure: true, sameSite: "strict", path: "/" } as const;

/** Sign-in with a one-time link or a token, and sign-out. Not actions: nobody has a scope yet. */
export function addSessionRoutes(server: FastifyInstance, kernel: Kernel): void {
  server.post("/api/v1/session", { bodyLimit: MOST_PROOF_BYTES }, async (request, reply) => {
    if (request.headers["pomona-client"] === undefined) {
      throw new PomonaError("forbidden", "request.cross-site", "Sign-in needs the header 'Pomona-Client'.");
    }
    const { secret, expiresAt } = await signIn(kernel, proofOf(request.body));
    return setCookie(reply, secret, expiresAt)
      .code(201)
      .send({ expiresAt: new Date(expiresAt).toISOString() });
  });
  server.delete("/api/v1/session", async (request, reply) => {
    const secret = request.cookies[SESSION_COOKIE];
    if (secret !== undefined) await signOut(kernel, secret);
    return reply.clearCookie(SESSION_COOKIE, COOKIE).code(204).send();
  });
}

const setCookie = (reply: FastifyReply, secret: string, expiresAt: number): FastifyReply =>
  reply.setCookie(SESSION_COOKIE, secret, { ...COOKIE, expires: new Date(expiresAt) });

function proofOf(body: unknown): { readonly link: string } | { readonly token: string } {
  const { link, token } = (body ?? {}) as { readonly link?: unknown; readonly token?: unknown };
  if (typeof link === "string" && link.length <= 200) return { link };
  if (typeof token === "string" && token.length <= 200) return { token };
  throw new PomonaError("invalid", "sign-in.proof", 'Send {"link": …} or {"token": …}.');
}
