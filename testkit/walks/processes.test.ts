import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOrder } from "@pomona/contract";
import { blockMiner, provoke } from "./exec-to-incident.ts";
import { openStage } from "./stage.ts";
import { finished, macOnline } from "./walk.ts";

test("walk: a process is stopped by its path on the Mac, and an incident names its user and its parent", {
  timeout: 120_000,
}, async () => {
  await using stage = await openStage();
  const { mac, deviceId } = await macOnline(stage);
  const app = await mac.launchApp({ path: "/Applications/Notes.app/Contents/MacOS/Notes" });
  const kill = async (path: string) => {
    const input = { pid: app.pid, path };
    return finished(stage, (await stage.api.call(placeOrder, { deviceId, type: "kill-process", input })).id);
  };
  const other = await kill("/Applications/Mail.app/Contents/MacOS/Mail");
  assert.equal(other.state, "failed");
  assert.match(JSON.stringify(other), /another executable/);
  assert.equal((await kill(app.image.path)).state, "succeeded");
  assert.equal((await app.exited).signal, "SIGKILL");

  await blockMiner(stage, 1);
  const { incident } = await provoke(stage, mac, deviceId);
  // With nobody at the screen it runs as the first user.
  const [first] = mac.model.users.filter(({ uid }) => uid === 501);
  assert.equal(incident.process.user, mac.model.consoleUser ?? first?.name);
  assert.equal(incident.process.parentPath, "/sbin/launchd");
});
