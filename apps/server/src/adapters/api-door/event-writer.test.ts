import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { EventWriter } from "./event-writer.ts";

/** A server that hands each request's writer out, and a client that sends its request and then never reads. */
async function frozenReader(patienceMs?: number) {
  const server = http.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const client = connect(port, "127.0.0.1").pause();
  client.on("error", () => {});
  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const [, response] = (await once(server, "request")) as [unknown, http.ServerResponse];
  return {
    writer: new EventWriter(response.writeHead(200), patienceMs),
    end: () => {
      client.destroy();
      server.close();
    },
  };
}

test("a reader that does not read is cut off before much is kept for it", async () => {
  const { writer, end } = await frozenReader();
  let written = 0;
  while (!writer.isClosed && written < 100_000) {
    writer.event("device.changed", written, { text: "x".repeat(1000) });
    written += 1;
    if (written % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(writer.isClosed, "100 MB were kept for a reader that does not read");
  writer.event("device.changed", 1, {});
  end();
});

test("many events at once to a reader that keeps up are not taken for a reader that does not", async () => {
  const server = http.createServer((_, response) => {
    const writer = new EventWriter(response.writeHead(200));
    for (let i = 0; i < 200; i += 1) writer.event("device.changed", i, { text: "x".repeat(1000) });
    writer.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number };
  const text = await (await fetch(`http://127.0.0.1:${port}/`)).text();
  assert.equal(text.match(/^event: /gm)?.length, 200);
  server.close();
});

test("a reader that takes nothing for its time is given up", async () => {
  const { writer, end } = await frozenReader(50);
  let rounds = 0;
  while (await writer.drained()) {
    assert.ok((rounds += 1) < 100, "100 MB went to a reader that does not read");
    for (let i = 0; i < 12; i += 1) writer.event("device.changed", i, { text: "x".repeat(80_000) });
  }
  assert.ok(!writer.isClosed);
  writer.cut();
  assert.ok(writer.isClosed);
  end();
});
