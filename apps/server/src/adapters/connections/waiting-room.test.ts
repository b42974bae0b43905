import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import { addressGroup } from "./address-group.ts";
import { seldom } from "./seldom.ts";
import { WaitingRoom, type WaitingRoomLimits } from "./waiting-room.ts";

/** A room, and the connections that it ended, by port, in order. */
function room(limits: Partial<WaitingRoomLimits>) {
  const ended: number[] = [];
  const lines: { event: string; fields: Readonly<Record<string, unknown>> | undefined }[] = [];
  const note = (event: string, fields?: Readonly<Record<string, unknown>>) => void lines.push({ event, fields });
  const waiting = new WaitingRoom("door", { info: note, warn: note }, limits);
  const come = (remoteAddress: string, remotePort: number): Socket => {
    const socket = Object.assign(new EventEmitter(), {
      remoteAddress,
      remotePort,
      destroy: () => {
        ended.push(remotePort);
        socket.emit("close");
      },
    });
    waiting.enter(socket as unknown as Socket);
    return socket as unknown as Socket;
  };
  return { waiting, ended, lines, come };
}

test("one connection too many ends the longest silent one of the address that has most, and nobody is turned away", () => {
  const { waiting, ended, lines, come } = room({ places: 4 });
  come("192.0.2.1", 1);
  come("198.51.100.7", 2);
  come("198.51.100.7", 3);
  come("198.51.100.7", 4);
  come("192.0.2.2", 5);
  come("192.0.2.3", 6);
  assert.deepEqual(ended, [2, 3]);
  assert.equal(waiting.waiting, 4);
  assert.deepEqual(lines[0], { event: "door.shed", fields: { from: "198.51.100.7", count: 1 } });
});

test("who is being answered does not wait, and who was answered waits anew behind the others", () => {
  const { waiting, ended, come } = room({ places: 2 });
  const served = come("192.0.2.1", 1);
  waiting.serve(served);
  waiting.serve(served);
  come("192.0.2.1", 2);
  waiting.done(served);
  come("192.0.2.1", 3);
  assert.deepEqual(ended, [], "a second request of the first connection is still being answered");
  waiting.done(served);
  assert.deepEqual(ended, [2]);
  come("192.0.2.1", 4);
  assert.deepEqual(ended, [2, 3], "the one that was answered last has waited for a shorter time");
});

test("a connection that closed is forgotten, whatever it was doing", () => {
  const { waiting, come } = room({ places: 2 });
  const [first, second] = [come("192.0.2.1", 1), come("192.0.2.1", 2)];
  waiting.serve(first);
  for (const socket of [first, second]) socket.emit("close");
  waiting.done(first);
  assert.equal(waiting.waiting, 0);
});

test("bodies that never end hold no more than their share of memory; the greatest holder loses its oldest", () => {
  const { waiting, ended, come } = room({ places: 100, bytes: 1_000 });
  const mac = come("192.0.2.1", 1);
  waiting.hold(mac, 300);
  const [silent, first, second] = [2, 3, 4].map((port) => come("198.51.100.7", port));
  waiting.hold(first!, 350);
  waiting.hold(second!, 350);
  waiting.hold(first!, 10);
  assert.deepEqual(ended, [3]);
  waiting.hold(mac, 300);
  waiting.serve(mac);
  waiting.hold(second!, 650);
  assert.deepEqual(ended, [3], "a body that is complete is not held for its peer any more");
  waiting.hold(second!, 1);
  assert.deepEqual(ended, [3, 4]);
  assert.ok(silent);
});

test("the end of a door ends every connection, also those that are being answered", () => {
  const { waiting, ended, come } = room({});
  waiting.serve(come("192.0.2.1", 1));
  come("192.0.2.1", 2);
  waiting.clear();
  assert.deepEqual(ended, [1, 2]);
});

test("IPv4 addresses count alone, IPv6 addresses by their network", () => {
  assert.equal(addressGroup("192.0.2.1"), "192.0.2.1");
  assert.equal(addressGroup("::ffff:192.0.2.1"), "192.0.2.1");
  assert.equal(addressGroup("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assert.equal(addressGroup("2001:db8:1:2::9"), "2001:db8:1:2::/64");
  assert.equal(addressGroup("2001:0db8::1"), "2001:db8:0:0::/64");
  assert.equal(addressGroup("fe80::1%eth0"), "fe80:0:0:0::/64");
  assert.equal(addressGroup("::1"), "0:0:0:0::/64");
});

test("what a stranger causes a thousand times is a line now and then, with their number", () => {
  const lines: unknown[] = [];
  const note = (_event: string, fields?: unknown) => void lines.push(fields);
  const rare = seldom({ info: note, warn: note }, "info", "door.tls", 3_600_000);
  for (let n = 0; n < 1_000; n += 1) rare({ n });
  assert.deepEqual(lines, [{ n: 0, count: 1 }]);
  const always = seldom({ info: note, warn: note }, "warn", "door.tls", 0);
  always({ n: 1 });
  always({ n: 2 });
  assert.deepEqual(lines.slice(1), [
    { n: 1, count: 1 },
    { n: 2, count: 1 },
  ]);
});
