import type { FastifyInstance } from "fastify";
import type { HttpRoute } from "../../kernel/feature.ts";

/** Serves features' routes that are not actions (the enrollment portal). Bodies come as bytes, whatever their type. */
export async function addFeatureRoutes(server: FastifyInstance, routes: readonly HttpRoute[]): Promise<void> {
  await server.register(async (child) => {
    child.removeAllContentTypeParsers();
    child.addContentTypeParser("*", { parseAs: "buffer" }, (_, body, done) => done(null, body));
    for (const route of routes) {
      child.route({
        method: route.method,
        url: route.path.replace(/\{(\w+)\.\.\.\}$/, "*").replace(/\{(\w+)\}/g, ":$1"),
        bodyLimit: route.maxBodyBytes,
        handler: async (request, reply) => {
          const gone = new AbortController();
          request.raw.once("close", () => gone.abort());
          const answer = await route.handle({
            method: request.method,
            url: request.url,
            params: request.params as Record<string, string>,
            headers: request.headers,
            body: (request.body as Uint8Array | undefined) ?? new Uint8Array(),
            address: request.ip,
            signal: gone.signal,
          });
          reply.code(answer.status).headers(answer.headers ?? {});
          const { body } = answer;
          return reply.send(body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.length) : body);
        },
      });
    }
  });
}
