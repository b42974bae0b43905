import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import {
  createInvitation,
  listCommands,
  listDevices,
  listSecrets,
  revealRecoveryKey,
  rotateSecret,
  sendCommand,
} from "@pomona/contract";
import { openApiClient, startApnsReceiver, VirtualMac } from "@pomona/testkit";
import { secretOf } from "./escrow.ts";
import { firstToken, startServerProcess } from "./server-process.ts";
import { bringPushCertificate, eventually } from "./stage.ts";

test("walk: the server is killed while a Mac changes its recovery key; whichever key counts is in escrow", {
  timeout: 180_000,
}, async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "pomona-key-kill-"));
  const ends: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
  t.after(async () => {
    for (const end of ends.toReversed()) await end();
  });
  const apns = await startApnsReceiver();
  ends.push(() => apns.stop());
  const apnsCa = path.join(folder, "apns.pem");
  await writeFile(apnsCa, apns.authority.rootPem);
  const settings = { POMONA_DATA: path.join(folder, "server"), POMONA_APNS_URL: apns.url, POMONA_APNS_CA: apnsCa };
  const anyPorts = { POMONA_API_PORT: "0", POMONA_DEVICE_PORT: "0", POMONA_AGENT_PORT: "0" };
  const first = await startServerProcess({ ...settings, ...anyPorts });
  ends.push(() => first.stop());
  const ca = await readFile(first.caFile, "utf8");
  const api = openApiClient({ apiUrl: first.apiUrl, ca, token: await firstToken(first) });
  ends.push(() => api.close());
  await bringPushCertificate(api, apns);
  const mac = await VirtualMac.open({
    folder: path.join(folder, "mac"),
    apns,
    agentMode: "none",
    keyCacheDir: path.join(tmpdir(), "pomona-walk-keys"),
  });
  ends.push(() => mac.close());
  await mac.enroll((await api.call(createInvitation, { name: "Kill" })).url, { ca });
  const deviceId = (await api.call(listDevices, {})).items[0]!.id;
  await eventually("the escrow profile is on the Mac", () => mac.model.recovery.escrow ?? undefined, 60_000);
  await mac.turnOnFileVault();
  const old = mac.model.recovery.personalKey!;
  await api.call(sendCommand, { deviceId, requestType: "SecurityInfo" });
  await secretOf({ api }, deviceId, "fileVaultKey", ({ values }) => values.length === 1);

  const nothingWaits = async () =>
    (await api.call(listCommands, { deviceId, state: "upcoming" })).items.length === 0 ? true : undefined;
  await eventually("the questions of the enrollment are answered", nothingWaits, 60_000);

  // The Mac has the command and makes the key; its answer meets a server that is gone.
  mac.dropNextAnswer("report", "RotateFileVaultKey");
  await api.call(rotateSecret, { deviceId, kind: "fileVaultKey" });
  await eventually("the Mac has a new key", () => (mac.model.recovery.personalKey === old ? undefined : true), 30_000);
  await first.kill();
  const { ports } = first;
  const second = await startServerProcess({
    ...settings,
    POMONA_API_PORT: String(ports.api),
    POMONA_DEVICE_PORT: String(ports.device),
    POMONA_AGENT_PORT: String(ports.agent),
  });
  ends.push(() => second.stop());
  await mac.mdm.connect();
  await api.call(sendCommand, { deviceId, requestType: "SecurityInfo" });
  await eventually("all is answered", nothingWaits, 60_000);
  const { values } = (await api.call(listSecrets, { deviceId })).items.find(({ kind }) => kind === "fileVaultKey")!;
  const held: string[] = [];
  for (const { id: secretId } of values)
    held.push((await api.call(revealRecoveryKey, { deviceId, secretId, reason: "after the kill" })).value);
  assert.ok(held.includes(mac.model.recovery.personalKey!), "the key that opens the disk is here");
  assert.ok(held.includes(old), "and the one before, which still might have");
});
