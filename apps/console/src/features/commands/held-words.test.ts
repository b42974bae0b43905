import assert from "node:assert/strict";
import { test } from "node:test";
import { destroyingSentence, heldSentence, heldTitle, heldTotal } from "./held-words.ts";

test("what is held is counted by kind, and kinds of which there are none are not named", () => {
  assert.equal(heldSentence({ commands: 2, orders: 1, batches: 2 }), "2 commands, 1 order, 2 batches");
  assert.equal(heldSentence({ commands: 0, orders: 1, batches: 0 }), "1 order");
  assert.equal(heldTotal({ commands: 2, orders: 1, batches: 3 }), 6);
});

test("what destroys is told by kind, with its Mac or the number of its Macs", () => {
  const item = { id: "i", kind: "command", actor: "a", createdAt: "", expiresAt: null, deviceId: "d" } as const;
  const lock = { ...item, type: "DeviceLock", risk: "destructive", devices: 1, deviceName: "Ana" };
  assert.equal(destroyingSentence([{ ...lock, type: "UserList", risk: "change" }]), "");
  assert.equal(destroyingSentence([lock]), "DeviceLock to Ana");
  assert.equal(
    destroyingSentence([
      lock,
      { ...lock, kind: "batch", devices: 40, deviceName: null },
      { ...lock, type: "EraseDevice" },
    ]),
    "DeviceLock to 41 Macs, EraseDevice to Ana",
  );
});

test("an order has the name that people know, a command Apple's", () => {
  assert.equal(heldTitle({ kind: "order", type: "run-script" }), "Run script");
  assert.equal(heldTitle({ kind: "command", type: "EraseDevice" }), "EraseDevice");
});
