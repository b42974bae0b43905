import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openDatabase } from "../store/database.ts";
import { openDiskSpool } from "./disk-spool.ts";
import { createMemorySpool } from "./memory-spool.ts";
import type { Spool, SpoolClass } from "./spool.ts";
import { MESSAGE_OVERHEAD } from "./spool-limit.ts";

const folder = mkdtempSync(join(tmpdir(), "pomona-spool-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
let databases = 0;
const spools: Readonly<Record<string, (limit: number) => Spool>> = {
  memory: createMemorySpool,
  disk: (limit) => openDiskSpool(openDatabase(join(folder, `${(databases += 1)}.db`)), limit),
};
const put = (spool: Spool, body: string, kind: SpoolClass = "kept") =>
  spool.add({ lane: kind === "kept" ? "control" : "telemetry", message: "m", body, class: kind });
const bodies = (spool: Spool) => spool.peek(100).map(({ body }) => body);

for (const [kind, make] of Object.entries(spools)) {
  describe(`the spool in ${kind}`, () => {
    it("gives back what was put in, oldest first, by lane and beyond an id", () => {
      const spool = make(10_000);
      put(spool, "a");
      put(spool, "b", "telemetry");
      put(spool, "c");
      assert.deepEqual(bodies(spool), ["a", "b", "c"]);
      const [first] = spool.peek(1, "control");
      assert.equal(first?.body, "a");
      assert.deepEqual(
        spool.peek(5, "control", first?.id).map(({ body }) => body),
        ["c"],
      );
      spool.remove([first?.id ?? 0, 999]);
      assert.deepEqual(bodies(spool), ["b", "c"]);
      assert.equal(spool.count(), 2);
      assert.equal(spool.shed(), 0);
    });

    it("sheds the oldest telemetry first, then the oldest of the rest, and counts it", () => {
      const spool = make(3 * (MESSAGE_OVERHEAD + 1));
      put(spool, "1");
      put(spool, "2", "telemetry");
      put(spool, "3", "telemetry");
      put(spool, "4");
      assert.deepEqual(bodies(spool), ["1", "3", "4"]);
      put(spool, "5");
      assert.deepEqual(bodies(spool), ["1", "4", "5"]);
      put(spool, "6", "telemetry");
      assert.deepEqual(bodies(spool), ["1", "4", "5"]);
      put(spool, "7");
      assert.deepEqual(bodies(spool), ["4", "5", "7"]);
      assert.equal(spool.shed(), 4);
    });

    it("counts bytes and not characters, and never keeps what alone is too large", () => {
      const spool = make(MESSAGE_OVERHEAD + 3);
      put(spool, "é€");
      assert.equal(spool.count(), 0);
      put(spool, "€");
      assert.equal(spool.count(), 1);
      spool.clear();
      assert.equal(spool.count(), 0);
    });
  });
}
