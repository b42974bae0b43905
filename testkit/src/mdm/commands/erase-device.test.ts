import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { PlistDictionary } from "@pomona/plist";
import { ask as askOf, type CommandedMacs, startCommandedMacs } from "../../testing/commanded-macs.ts";
import type { VirtualMac } from "../../virtual-mac/virtual-mac.ts";

let macs: CommandedMacs;
before(async () => {
  macs = await startCommandedMacs();
});
after(() => macs[Symbol.asyncDispose]());
const ask = (mac: VirtualMac, command: PlistDictionary) => askOf(macs.server, mac, command);
const statusOf = async (mac: VirtualMac, command: PlistDictionary) => (await ask(mac, command))["Status"];

describe("a virtual Mac that is erased", { timeout: 60_000 }, () => {
  const erase = (behavior?: string): PlistDictionary => ({
    RequestType: "EraseDevice",
    ...(behavior === undefined ? {} : { ObliterationBehavior: behavior }),
  });

  it("forgets all, without a word", async () => {
    await using mac = await macs.openMac();
    const checkIns = macs.server.checkIns.length;
    assert.equal(await statusOf(mac, erase()), "Acknowledged");
    await mac.journal.find("erased");
    assert.equal(mac.isEnrolled, false);
    assert.deepEqual([mac.model.users, mac.model.profiles, mac.model.erased], [[], [], "contents"]);
    assert.equal(macs.server.checkIns.length, checkIns);
  });

  it("answers and does as ObliterationBehavior says where Erase All Content and Settings cannot run", async () => {
    const expected = {
      Default: ["Error", true],
      DoNotObliterate: ["Error", false],
      ObliterateWithWarning: ["Acknowledged", true],
    };
    for (const [behavior, [status, isErased]] of Object.entries(expected)) {
      await using mac = await macs.openMac();
      mac.model.erasePreflight = "the system is busy";
      assert.equal(await statusOf(mac, erase(behavior)), status, behavior);
      if (isErased === true) await mac.journal.find("erased");
      assert.equal(mac.model.erased, isErased === true ? "obliterated" : undefined, behavior);
    }
  });
});
