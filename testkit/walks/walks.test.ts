import { test } from "node:test";
import { walks } from "./index.ts";
import { openStage } from "./stage.ts";

for (const { name, walk } of walks) {
  test(`walk: ${name}`, { timeout: 180_000 }, async (t) => {
    await using stage = await openStage();
    const figures = await walk(stage);
    t.diagnostic(JSON.stringify(figures));
  });
}
