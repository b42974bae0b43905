import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PacketGate, type PacketLimits } from "./packet-gate.ts";

const LIMITS: PacketLimits = {
  connect: 100,
  publish: 200,
  largePublish: 1_000,
  isLargeTopic: (topic) => topic === "large",
  other: 50,
};
const packet = (type: number, body: Uint8Array): Buffer => {
  const length: number[] = [];
  let left = body.length;
  do {
    length.push((left % 128) + (left >= 128 ? 128 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.concat([Buffer.from([type << 4, ...length]), body]);
};
const publish = (topic: string, size: number): Buffer =>
  packet(3, Buffer.concat([Buffer.from([0, topic.length]), Buffer.from(topic), Buffer.alloc(size - 2 - topic.length)]));
const CONNECT = packet(1, Buffer.alloc(20));
const verdict = (...pieces: readonly Uint8Array[]): string | undefined => {
  const gate = new PacketGate(LIMITS);
  for (const piece of pieces) {
    const refusal = gate.take(piece);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

test("packets within their limits pass, larger ones and a second CONNECT do not", () => {
  assert.equal(verdict(CONNECT, publish("a", 200), packet(12, Buffer.alloc(0)), publish("large", 1_000)), undefined);
  assert.match(verdict(packet(1, Buffer.alloc(101))) ?? "", /CONNECT is too large/);
  assert.match(verdict(publish("a", 20)) ?? "", /has to be CONNECT/);
  assert.match(verdict(CONNECT, CONNECT) ?? "", /has to be CONNECT/);
  assert.match(verdict(CONNECT, publish("a", 201)) ?? "", /message is too large/);
  assert.match(verdict(CONNECT, publish("large", 1_001)) ?? "", /message is too large/);
  assert.match(verdict(CONNECT, packet(8, Buffer.alloc(51))) ?? "", /packet is too large/);
  assert.match(verdict(CONNECT, Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff])) ?? "", /malformed/);
});

test("the verdict does not depend on how the bytes were cut", () => {
  const packets = fc.array(
    fc.oneof(
      fc.integer({ min: 10, max: 260 }).map((size) => publish("a", size)),
      fc.integer({ min: 10, max: 1_100 }).map((size) => publish("large", size)),
      fc.integer({ min: 0, max: 60 }).map((size) => packet(8, Buffer.alloc(size))),
    ),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(packets, fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 400 }), (all, cuts) => {
      const bytes = Buffer.concat([CONNECT, ...all]);
      const pieces: Buffer[] = [];
      let at = 0;
      for (const cut of cuts) pieces.push(bytes.subarray(at, (at += cut)));
      pieces.push(bytes.subarray(at));
      assert.equal(verdict(...pieces), verdict(bytes));
    }),
  );
});
