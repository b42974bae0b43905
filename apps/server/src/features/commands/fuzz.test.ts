import assert from "node:assert/strict";
import { test } from "node:test";
import { buildBinaryPlist, buildXmlPlist, parsePlist } from "@pomona/plist";
import { type FuzzTarget, fuzz, searchBounds, xmlMutations } from "@pomona/testkit/fuzz";
import { PomonaError } from "../../kernel/errors.ts";
import { readRawCommand } from "./raw-command.ts";

const command = { RequestType: "Settings", Settings: [{ Item: "DeviceName", DeviceName: "Mac" }] };

test("no raw command makes its reader fail, and what it takes can be sent", async () => {
  const target: FuzzTarget = {
    name: "raw-command",
    seeds: [
      buildXmlPlist(command),
      buildXmlPlist({ CommandUUID: "A-1", Command: command }),
      buildBinaryPlist({ CommandUUID: "A-1", Command: command }),
    ],
    mutations: xmlMutations,
    open: (bytes) => {
      const read = readRawCommand(Buffer.from(bytes).toString("base64"));
      assert.match(read.requestType, /^[A-Za-z][A-Za-z0-9]*$/);
      assert.ok(!("RequestType" in read.payload));
      return [read, parsePlist(buildXmlPlist(read.payload))];
    },
    isRefusal: (error) => error instanceof PomonaError && error.code === "command.invalid-plist",
    watches: /features\/commands\/raw-command|packages\/(plist|mdm)\/src/,
    // What a binary property list shares unfolds up to the readers' own bounds.
    sizeAtLeast: 1_000_000,
    stepsAtLeast: 4_000_000,
  };
  await fuzz(target, searchBounds(2));
});
