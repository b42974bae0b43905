import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeMacModel } from "./make-mac-model.ts";

const fleet = Array.from({ length: 400 }, (_, seed) => makeMacModel(seed));

describe("made-up Macs", () => {
  it("are the same for the same seed, apart from their clock", () => {
    const { bootedAt: _, ...first } = makeMacModel("x");
    const { bootedAt: __, ...second } = makeMacModel("x");
    assert.deepEqual(first, second);
  });

  it("differ from each other as a real fleet does", () => {
    assert.equal(new Set(fleet.map((mac) => mac.serialNumber)).size, fleet.length);
    assert.equal(new Set(fleet.map((mac) => mac.udid)).size, fleet.length);
    assert.ok(new Set(fleet.map((mac) => mac.hardware.model)).size > 10);
    assert.deepEqual(
      [...new Set(fleet.map((mac) => mac.os.endpointSecurityVersion))].toSorted((a, b) => a - b),
      [9, 10],
    );
    for (const share of [
      (mac: (typeof fleet)[number]) => mac.fileVault,
      (mac: (typeof fleet)[number]) => mac.sip,
      (mac: (typeof fleet)[number]) => mac.hardware.isAppleSilicon,
      (mac: (typeof fleet)[number]) => mac.consoleUser !== undefined,
    ]) {
      const count = fleet.filter(share).length;
      assert.ok(count > 0 && count < fleet.length);
    }
  });

  it("have a few names that are hard on a console: emoji, right to left, very long", () => {
    const names = fleet.map((mac) => mac.name);
    assert.ok(names.some((name) => /\p{Extended_Pictographic}/u.test(name)));
    assert.ok(names.some((name) => /\p{Script=Hebrew}/u.test(name)));
    assert.ok(names.some((name) => name.length > 100));
    for (const mac of fleet) assert.match(mac.localHostName, /^[A-Za-z0-9-]{1,63}$/);
  });
});
