import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Secret } from "@pomona/contract";
import type { DeviceId, TenantId } from "@pomona/facts";
import { readDeviceBySerial } from "../../features/devices/index.ts";
import { systemScope } from "../../kernel/scope.ts";
import { claimingPlist, derBombs, doublingPlist } from "./testing/bombs.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { drain, enrolledMac } from "./testing/enroll-mac.ts";
import { mdmSignature, type TestMac } from "./testing/test-mac.ts";

let rig: DeviceRig;
let tenantId: TenantId;
let mac: TestMac;
let other: TestMac;
let otherId: DeviceId;
before(async () => {
  rig = await deviceRig({ waiting: { places: 30, bytes: 20 * 1024 * 1024 } });
  tenantId = await rig.newTenant("Orchard");
  [mac, other] = [await enrolledMac(rig, tenantId), await enrolledMac(rig, tenantId)];
  await drain(mac);
  await drain(other);
  otherId = await idOf(other);
});
after(() => rig[Symbol.asyncDispose]());

/** Another Mac takes commands and answers them for as long as `attack` goes on, and at least once. @returns what came of the attack */
async function whileServed<T>(attack: () => Promise<T>): Promise<T> {
  const state = { isOver: false };
  const attacking = attack().finally(() => {
    state.isOver = true;
  });
  do {
    await rig.act(tenantId, "commands.send-command", { deviceId: otherId, requestType: "ProfileList" });
    const { command } = await other.poll();
    assert.equal(command?.requestType, "ProfileList");
    const answered = await other.acknowledge(command!.uuid, { ProfileList: [] });
    assert.deepEqual([answered.status, answered.command], [200, undefined]);
  } while (!state.isOver);
  return attacking;
}

const post = async (path: string, body: Uint8Array, headers: Record<string, string> = {}, method = "POST") =>
  (await fetch(`${rig.plainUrl}${path}`, { method, headers, body: Buffer.from(body) })).status;

test("DER bombs in signatures, SCEP, OCSP and ACME are refused, and other Macs are served", async () => {
  await whileServed(async () => {
    for (const [name, bomb] of Object.entries(derBombs(11_000))) {
      const signature = bomb.toString("base64");
      assert.equal(
        await post("/mdm", Buffer.from("x"), { "mdm-signature": signature }, "PUT"),
        400,
        `signature: ${name}`,
      );
      assert.equal(await post(`/pki/${tenantId}/ocsp`, bomb), 200, `OCSP answers malformedRequest: ${name}`);
      const body = Buffer.from(JSON.stringify({ protected: signature, payload: signature, signature }));
      assert.equal(
        await post(`/acme/${tenantId}/new-account`, body, { "content-type": "application/jose+json" }),
        400,
        name,
      );
    }
    for (const [name, bomb] of Object.entries(derBombs(65_000)))
      assert.equal(await post(`/scep/${tenantId}?operation=PKIOperation`, bomb), 400, `SCEP: ${name}`);
  });
});

test("DER bombs inside a signed answer are kept as they came, and the Mac goes on", async () => {
  await whileServed(async () => {
    for (const [name, bomb] of Object.entries(derBombs(500_000))) {
      const keys = { SecurityInfo: { FDE_Enabled: true, FDE_PersonalRecoveryKeyCMS: bomb } };
      await rig.act(tenantId, "commands.send-command", { deviceId: await idOf(mac), requestType: "SecurityInfo" });
      const { command } = await mac.poll();
      assert.equal((await mac.acknowledge(command!.uuid, keys)).status, 200, name);
      assert.equal((await mac.poll()).status, 200, name);
    }
  });
  const page = (await rig.act(tenantId, "escrow.list-secrets", { deviceId: await idOf(mac) })) as { items: Secret[] };
  assert.deepEqual(page.items.find(({ kind }) => kind === "fileVaultKey")?.values, [], "none was taken for a key");
});

test("plists that are small and unfold to millions of values, and those in gzip, are 400, and other Macs are served", async () => {
  const bombs: Readonly<Record<string, Buffer>> = {
    "binary, doubling 60 times": doublingPlist(60),
    "binary, doubling 14 times": doublingPlist(14),
    "binary, claiming a billion elements": claimingPlist(1_000_000_000),
    "XML, eight million open arrays": Buffer.alloc(8 * 1024 * 1024, "<array>"),
    "XML, eight million bytes of entities": Buffer.from(`<plist><string>${"&amp;".repeat(1_600_000)}</string></plist>`),
    "gzip of 200 MB": gzipSync(Buffer.alloc(200_000_000, " ")),
  };
  await whileServed(async () => {
    for (const [name, body] of Object.entries(bombs))
      for (const encoding of ["gzip", "identity"])
        assert.equal(await signedPut(body, { "content-encoding": encoding }), 400, `${name}, as ${encoding}`);
  });
});

test("with every place taken by silent connections from its own address, a Mac is served, and the longest silent go", async () => {
  const silent = await Promise.all(
    Array.from({ length: 30 }, (_, n) => silentConnection(n % 2 === 0 ? "" : "PUT /mdm HTTP/1.1\r\nHost: x\r\n")),
  );
  await whileServed(async () => {
    silent.push(...(await Promise.all(Array.from({ length: 60 }, () => silentConnection("")))));
  });
  await Promise.all(silent.slice(0, 30).map(({ closed }) => closed));
  assert.ok(
    silent.slice(-20).every(({ socket }) => !socket.closed),
    "not by time: the last that came are still there",
  );
  for (const { socket } of silent) socket.destroy();
});

test("bodies of 7 MB that never end take no more memory than the door has for them; a Mac's own large answer arrives", async () => {
  const head = `PUT /mdm HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n`;
  const bodies = [];
  for (let n = 0; n < 5; n += 1) {
    const body = await silentConnection(head);
    body.socket.write(Buffer.alloc(7_000_000));
    bodies.push(body);
  }
  // Five of them are more than 20 MB together: at least two had to go.
  await Promise.all(bodies.slice(0, 2).map(({ closed }) => closed));
  assert.ok(!bodies[4]!.socket.closed, "not by time: the last one is still there");
  const list = { SecurityInfo: { FDE_Enabled: true, Rest: "x".repeat(5_000_000) } };
  await rig.act(tenantId, "commands.send-command", { deviceId: await idOf(mac), requestType: "SecurityInfo" });
  const { command } = await mac.poll();
  assert.equal((await mac.acknowledge(command!.uuid, list)).status, 200);
  for (const { socket } of bodies) socket.destroy();
});

const idOf = async ({ serialNumber }: TestMac): Promise<DeviceId> =>
  (await rig.kernel.store.read(systemScope(tenantId, "test"), (tx) => readDeviceBySerial(tx, serialNumber)))!.id;
const signedPut = (body: Buffer, headers: Record<string, string>) =>
  post("/mdm", body, { ...headers, "mdm-signature": mdmSignature(mac.identity!, body) }, "PUT");

/** A connection that says so much and no more. */
async function silentConnection(says: string): Promise<{ readonly socket: Socket; readonly closed: Promise<unknown> }> {
  const socket = connect(Number(new URL(rig.plainUrl).port), "127.0.0.1");
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await new Promise((resolve) => socket.once("connect", resolve));
  if (says !== "") socket.write(says);
  return { socket, closed };
}
