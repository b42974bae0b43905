import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/** Serves the built console: hashed assets for good, and the page for every other path with a fresh nonce. */
export async function addConsole(server: FastifyInstance, folder: string): Promise<void> {
  const page = path.join(folder, "index.html");
  if (!existsSync(page)) {
    server.get("/", (_, reply) =>
      reply
        .type("text/plain")
        .send("The console is not built. `npm start` and `npm run demo` build it; the API is at /api/v1.\n"),
    );
    return;
  }
  const html = readFileSync(page, "utf8");
  await server.register(fastifyStatic, {
    root: path.join(folder, "assets"),
    prefix: "/assets/",
    immutable: true,
    maxAge: "365d",
  });
  server.get("/*", (request, reply) => {
    if (request.url.startsWith("/api/") || request.url.startsWith("/assets/")) return reply.callNotFound();
    const nonce = randomBytes(16).toString("base64");
    return reply
      .header("content-security-policy", policyWith(nonce))
      .header("cache-control", "no-store")
      .type("text/html; charset=utf-8")
      .send(html.replaceAll("__CSP_NONCE__", nonce));
  });
}

const policyWith = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
