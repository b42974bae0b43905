import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { createInvitation, listDevices, listOrders, placeOrder, showOrder } from "@pomona/contract";
import { type ApiClient, openApiClient, startApnsReceiver, VirtualMac } from "@pomona/testkit";
import { firstToken, startServerProcess } from "./server-process.ts";
import { bringPushCertificate, eventually, openStage } from "./stage.ts";
import { finished, macOnline } from "./walk.ts";

test("walk: the server is killed between receiving and answering; what it answered is done, once, after its restart", {
  timeout: 180_000,
}, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "pomona-kill-"));
  const apns = await startApnsReceiver();
  const apnsCa = path.join(folder, "apns.pem");
  await writeFile(apnsCa, apns.authority.rootPem);
  const settings = { POMONA_DATA: path.join(folder, "server"), POMONA_APNS_URL: apns.url, POMONA_APNS_CA: apnsCa };
  const first = await startServerProcess({
    ...settings,
    POMONA_API_PORT: "0",
    POMONA_DEVICE_PORT: "0",
    POMONA_AGENT_PORT: "0",
  });
  const ca = await readFile(first.caFile, "utf8");
  const api = openApiClient({ apiUrl: first.apiUrl, ca, token: await firstToken(first) });
  await bringPushCertificate(api, apns);
  const mac = await VirtualMac.open({
    folder: path.join(folder, "mac"),
    apns,
    agentMode: "process",
    launchdThrottleMs: 200,
    keyCacheDir: path.join(tmpdir(), "pomona-walk-keys"),
  });
  await mac.enroll((await api.call(createInvitation, { name: "Kill" })).url, { ca });
  const device = await eventually(
    "the agent is online",
    async () => (await api.call(listDevices, {})).items.find((item) => item.agent.online),
    60_000,
  );

  const mark = path.join(folder, "ran");
  const accepted = new Set<string>();
  let isKilled = false;
  const place = async (n: number): Promise<void> => {
    const script = `#!/bin/sh\necho ${n} >> '${mark}'\n`;
    try {
      const { id } = await api.call(placeOrder, { deviceId: device.id, type: "run-script", input: { script } });
      accepted.add(id);
    } catch {
      // The connection broke: this order may be stored or not.
    }
    if (accepted.size >= 25 && !isKilled) {
      isKilled = true;
      await first.kill();
    }
  };
  await Promise.all(Array.from({ length: 120 }, (_, n) => place(n)));
  await first.kill();
  const ports = {
    POMONA_API_PORT: String(first.ports.api),
    POMONA_DEVICE_PORT: String(first.ports.device),
    POMONA_AGENT_PORT: String(first.ports.agent),
  };
  const second = await startServerProcess({ ...settings, ...ports });

  assert.ok(accepted.size >= 25);
  for (const orderId of accepted) {
    const order = await eventually(`order ${orderId} succeeds`, () => doneOrder(api, orderId), 90_000);
    assert.equal(order.state, "succeeded");
  }
  // Those that were stored but not answered run too, or are still to come; none runs twice.
  const stored = (await api.call(listOrders, { deviceId: device.id, limit: 1000 })).items;
  await eventually(
    "all that is stored is done",
    async () => {
      const states = (await api.call(listOrders, { deviceId: device.id, limit: 1000 })).items.map(({ state }) => state);
      return states.every((state) => state === "succeeded") ? true : undefined;
    },
    60_000,
  );
  const ran = (await readFile(mark, "utf8")).trim().split("\n");
  assert.equal(ran.length, stored.length);
  assert.equal(new Set(ran).size, ran.length, "none ran twice");
  await mac.close();
  api.close();
  await second.stop();
  await apns.stop();
  await rm(folder, { recursive: true, force: true });
});

const doneOrder = async (api: ApiClient, orderId: string) => {
  const order = await api.call(showOrder, { orderId }).catch((error: unknown) => {
    throw new Error(`order ${orderId} was accepted and is lost`, { cause: error });
  });
  return ["succeeded", "failed", "unknown", "expired"].includes(order.state) ? order : undefined;
};

test("walk: the agent is killed between running and reporting; the order is unknown and does not run again", {
  timeout: 120_000,
}, async () => {
  await using stage = await openStage();
  const { mac, deviceId } = await macOnline(stage);
  const mark = path.join(stage.folder, "ran");
  const { id } = await stage.api.call(placeOrder, {
    deviceId,
    type: "run-script",
    input: { script: `#!/bin/sh\necho ran >> '${mark}'\nsleep 30\n` },
  });
  await eventually("the script has begun", async () => (await readFile(mark, "utf8").catch(() => "")) || undefined);
  const [label] = mac.body.launchd.labels();
  mac.body.launchd.running(label!)!.signal("SIGKILL");
  const order = await finished(stage, id, 60_000);
  assert.equal(order.state, "unknown");
  const later = await stage.api.call(placeOrder, { deviceId, type: "ping" });
  assert.equal((await finished(stage, later.id)).state, "succeeded");
  assert.equal((await readFile(mark, "utf8")).trim(), "ran");
});
