import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { test } from "node:test";
import { testServer } from "./testing/test-server.ts";

test("a port that is taken is said, and what was opened before is closed, so that the next start succeeds", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  let folder: string;
  {
    await using first = await testServer();
    folder = path.join(first.dir, "second");
    const ports = { api: port, device: 0, agent: 0 };
    await assert.rejects(testServer({ dataDir: folder, ports }), /EADDRINUSE/);
    other.close();
    // The folder's lock, the store and the other doors are free again.
    await using again = await testServer({ dataDir: folder });
    assert.equal((await again.call(again.tokens[0], "GET", "/devices")).status, 200);
  }
  assert.ok(!existsSync(folder), "gone with the folder of the first");
});
