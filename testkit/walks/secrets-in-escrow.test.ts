import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import https from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import {
  continueDeparture,
  createInvitation,
  listDevices,
  listOrders,
  revealBypassCode,
  revealLockPin,
  revealPassword,
  revealRecoveryKey,
  rotateSecret,
  sendCommand,
  showDeparture,
  showDevice,
  showOrder,
  skipDepartureStep,
  startDeparture,
  verifySecret,
} from "@pomona/contract";
import { openApiClient, startApnsReceiver, VirtualMac } from "@pomona/testkit";
import { everythingReadable, everythingStored } from "./census.ts";
import { secretOf } from "./escrow.ts";
import { firstToken, startServerProcess } from "./server-process.ts";
import { bringPushCertificate, eventually } from "./stage.ts";

const REASON = "a census of secrets";
const AGENT_DATA = "/Library/Application Support/Pomona/data";

/** All that the event stream says from its first fact on. */
function listenToAll(url: string, ca: string, token: string): { text(): string; stop(): void } {
  let heard = "";
  const headers = { authorization: `Bearer ${token}`, "last-event-id": "0" };
  const request = https.get(url, { ca, agent: false, headers }, (answer) => {
    answer.setEncoding("utf8").on("data", (part: string) => (heard += part));
    answer.on("error", () => {});
  });
  request.on("error", () => {});
  return { text: () => heard, stop: () => request.destroy() };
}

test("what is in escrow is shown by a reveal and by nothing else: no log, answer, stream, disk or process has it", {
  timeout: 180_000,
}, async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "pomona-escrow-census-"));
  // Last opened, first closed: a server that still has listeners waits for them.
  const ends: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
  t.after(async () => {
    for (const end of ends.toReversed()) await end();
  });
  const apns = await startApnsReceiver();
  ends.push(() => apns.stop());
  await writeFile(path.join(folder, "apns.pem"), apns.authority.rootPem);
  const data = path.join(folder, "server");
  let printed = "";
  const server = await startServerProcess(
    {
      POMONA_DATA: data,
      POMONA_APNS_URL: apns.url,
      POMONA_APNS_CA: path.join(folder, "apns.pem"),
      POMONA_API_PORT: "0",
      POMONA_DEVICE_PORT: "0",
      POMONA_AGENT_PORT: "0",
      POMONA_LOG_LEVEL: "debug",
    },
    (text) => (printed += text),
  );
  ends.push(() => server.stop());
  const ca = await readFile(server.caFile, "utf8");
  const token = await firstToken(server);
  const api = openApiClient({ apiUrl: server.apiUrl, ca, token });
  await bringPushCertificate(api, apns);
  const stream = listenToAll(new URL("/api/v1/events", server.apiUrl).href, ca, token);
  ends.push(
    () => stream.stop(),
    () => api.close(),
  );
  const mac = await VirtualMac.open({
    folder: path.join(folder, "mac"),
    apns,
    agentMode: "process",
    chip: "apple",
    launchdThrottleMs: 200,
    keyCacheDir: path.join(tmpdir(), "pomona-walk-keys"),
  });
  ends.push(() => mac.close());
  await mac.enroll((await api.call(createInvitation, { name: "census" })).url, { ca });
  const { id: deviceId } = await eventually(
    "the agent is online",
    async () => (await api.call(listDevices, {})).items.find((item) => item.agent.online),
    60_000,
  );
  const about = { deviceId, reason: REASON };

  await mac.login(mac.model.users.find((user) => user.hasSecureToken)!.name);
  await eventually("the escrow profile is on the Mac", () => mac.model.recovery.escrow ?? undefined, 60_000);
  await mac.turnOnFileVault();
  await api.call(sendCommand, { deviceId, requestType: "SecurityInfo" });
  await secretOf({ api }, deviceId, "fileVaultKey", ({ state }) => state === "held");
  const first = await api.call(revealRecoveryKey, about);
  await api.call(rotateSecret, { deviceId, kind: "fileVaultKey" });
  await secretOf({ api }, deviceId, "fileVaultKey", ({ rotation }) => rotation?.state === "done");
  const second = await api.call(revealRecoveryKey, about);
  await api.call(rotateSecret, { deviceId, kind: "recoveryLock" });
  await secretOf({ api }, deviceId, "recoveryLock", ({ rotation }) => rotation?.state === "done");
  const lock = await api.call(revealPassword, { ...about, kind: "recoveryLock" });
  await api.call(verifySecret, { deviceId, kind: "activationLockDevice" });
  await secretOf({ api }, deviceId, "activationLockDevice", ({ state }) => state === "held");
  const code = await api.call(revealBypassCode, { ...about, kind: "activationLockDevice" });
  await api.call(startDeparture, { deviceId });
  const at = (step: string) =>
    eventually(`the runbook is at ${step}`, async () =>
      (await api.call(showDeparture, { deviceId })).departure?.step === step ? true : undefined,
    );
  await at("decide");
  await api.call(continueDeparture, { deviceId, step: "decide", choice: "handOver" });
  await api.call(skipDepartureStep, { deviceId, step: "update", reason: "not in a census" });
  const account = { name: "next.person", create: true };
  await api.call(continueDeparture, { deviceId, step: "account", account });
  await at("login");
  const password = await api.call(revealPassword, { ...about, kind: "accountPassword" });
  const pin = "481516";
  await api.call(sendCommand, { deviceId, requestType: "DeviceLock", input: { pin } });
  assert.equal((await api.call(revealLockPin, about)).value, pin);

  // A firmware password is Intel's, and the administrator is one that automated enrollment made.
  const intel = await VirtualMac.open({
    folder: path.join(folder, "intel"),
    apns,
    agentMode: "none",
    chip: "intel",
    keyCacheDir: path.join(tmpdir(), "pomona-walk-keys"),
  });
  ends.push(() => intel.close());
  const { url } = await api.call(createInvitation, { name: "census of an Intel Mac" });
  await intel.enroll(url, { ca, kind: "automated" });
  intel.model.users[0]!.isAutoAdmin = true;
  const { id: intelId } = await eventually("the Intel Mac is known", async () =>
    (await api.call(listDevices, {})).items.find(({ serialNumber }) => serialNumber === intel.model.serialNumber),
  );
  await api.call(sendCommand, { deviceId: intelId, requestType: "DeviceInformation" });
  await eventually(
    "its administrator is known",
    async () => (await api.call(showDevice, { deviceId: intelId })).facts.autoAdmins?.[0],
  );
  const ofIntel = async (kind: "firmwarePassword" | "adminPassword", meanwhile: () => Promise<unknown>) => {
    await api.call(rotateSecret, { deviceId: intelId, kind });
    await meanwhile();
    await secretOf({ api }, intelId, kind, ({ rotation }) => rotation?.state === "done");
    return (await api.call(revealPassword, { deviceId: intelId, reason: REASON, kind })).value;
  };
  const restarted = async () => {
    // It can be taken back for half a minute before it goes.
    await eventually("a firmware password waits", () => intel.model.nextFirmwarePassword, 60_000);
    await intel.restart();
    await api.call(sendCommand, { deviceId: intelId, requestType: "SecurityInfo" });
  };
  const [firmware, admin] = await Promise.all([
    ofIntel("firmwarePassword", restarted),
    ofIntel("adminPassword", async () => {}),
  ]);
  assert.equal(firmware, intel.model.firmwarePassword);

  const secrets: Readonly<Record<string, string>> = {
    "first recovery key": first.value,
    "second recovery key": second.value,
    "recovery lock": lock.value,
    "bypass code": code.value,
    "account's password": password.value,
    "firmware password": firmware,
    "managed administrator's password": admin,
    "bootstrap token": mac.model.bootstrapToken!,
  };
  assert.equal(new Set(Object.values(secrets)).size, 8);
  const answers = [await everythingReadable(api, { deviceId }), await everythingReadable(api, { deviceId: intelId })];
  for (const { id: orderId } of (await api.call(listOrders, { deviceId })).items)
    answers.push(JSON.stringify(await api.call(showOrder, { orderId })));
  const agentFolder = mac.body.root.real(AGENT_DATA);
  const started = mac.body.toolStarts.join("\n");
  assert.match(started, /^fdesetup validaterecovery -inputplist$/m);
  assert.match(started, /^sysadminctl -addUser next.person .* -password -$/m);
  await mac.close();
  await intel.close();
  const heard = stream.text();
  assert.match(heard, /escrow.secret-revealed/);
  stream.stop();
  api.close();
  await server.stop();
  const places: Readonly<Record<string, string>> = {
    "the log": printed,
    "an answer": answers.join("\n"),
    "the event stream": heard,
    "the server's disk": await everythingStored(data),
    "the agent's disk": await everythingStored(agentFolder, "agent.db"),
    "the arguments of a process": started,
  };
  for (const [where, text] of Object.entries(places)) {
    assert.ok(text.length > 100, `${where} was looked at`);
    for (const [what, secret] of Object.entries(secrets)) {
      const bytes = Buffer.from(secret);
      const forms = [secret, secret.replaceAll("-", ""), bytes.toString("base64").slice(0, -4), bytes.toString("hex")];
      if (what === "bootstrap token")
        forms.push(Buffer.from(secret, "base64").toString("hex"), Buffer.from(secret, "base64").toString("latin1"));
      for (const form of forms) assert.ok(!text.includes(form), `the ${what} is in ${where}`);
    }
    // Six digits may stand in any number: as a value they are told by what stands around them.
    for (const form of [`"${pin}"`, `>${pin}<`, ` ${pin} `]) assert.ok(!text.includes(form), `the PIN is in ${where}`);
  }
});
