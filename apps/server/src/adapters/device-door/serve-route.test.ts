import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { HttpRoute } from "../../kernel/feature.ts";
import { serveRoute } from "./serve-route.ts";

const PIECES = 200;
const PIECE = Buffer.alloc(262_144, "x");

test("a large body to a slow reader comes whole, and leaves no listener behind for each pause", async () => {
  let mostListeners = 0;
  const route: HttpRoute = {
    door: "device",
    method: "GET",
    path: "/large",
    maxBodyBytes: 0,
    handle: async () => ({
      status: 200,
      body: (async function* () {
        for (let i = 0; i < PIECES; i += 1) yield PIECE;
      })(),
    }),
  };
  const server = createServer((request, response) => {
    response.on("drain", () => (mostListeners = Math.max(mostListeners, response.listenerCount("close"))));
    void serveRoute({ route, params: {} }, request, response, {
      body: new Uint8Array(),
      peerCertificate: undefined,
      address: "127.0.0.1",
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const received = await new Promise<number>((resolve, reject) => {
    get({ port, host: "127.0.0.1", agent: false }, (answer) => {
      let size = 0;
      answer.on("data", (part: Buffer) => {
        size += part.length;
        answer.pause();
        setImmediate(() => answer.resume());
      });
      answer.on("end", () => resolve(size));
    }).on("error", reject);
  });
  server.close();
  assert.equal(received, PIECES * PIECE.length);
  assert.ok(mostListeners < 10, `${mostListeners} listeners waited for the end of one answer`);
});
