import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { buildCommand } from "@pomona/mdm";
import { parsePlist } from "@pomona/plist";
import { Compile } from "typebox/compile";
import { commandCatalog } from "./index.ts";

const base64 = Buffer.from("profile").toString("base64");
/** One fitting input for each command that takes one. */
const inputs: Readonly<Record<string, unknown>> = {
  InstallProfile: { payload: base64 },
  RemoveProfile: { identifier: "io.pomona.x" },
  InstallEnterpriseApplication: {
    manifest: {
      url: "https://h/agent.tar.gz",
      sha256s: ["0".repeat(64)],
      chunkBytes: 10_485_760,
      sizeBytes: 5,
      bundleIdentifier: "io.pomona.agent",
      bundleVersion: "1",
      title: "Agent",
    },
  },
  RestartDevice: { notifyUser: true },
  DeviceLock: { pin: "123456", message: "Call us" },
  EraseDevice: { pin: "123456", obliterationBehavior: "Default" },
};

test("every command of the catalogue stands in a file of its own and takes an input that builds", () => {
  const files = readdirSync(import.meta.dirname).filter((file) => !/^(index|empty-input|catalog\.test)\b/.test(file));
  assert.equal(files.length, commandCatalog.size);
  for (const [requestType, definition] of commandCatalog) {
    const kebab = requestType.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
    assert.ok(files.includes(`${kebab}.ts`), requestType);
    const input = inputs[requestType] ?? {};
    assert.ok(Compile(definition.input).Check(input), requestType);
    assert.ok(parsePlist(buildCommand("1", requestType, definition.payload(input))), requestType);
  }
});

test("an input field that is not known is refused by every command", () => {
  for (const [requestType, definition] of commandCatalog) {
    const input = { ...(inputs[requestType] as object | undefined), surprise: true };
    assert.equal(Compile(definition.input).Check(input), false, requestType);
  }
});

test("what erases or locks a Mac is destructive", () => {
  for (const requestType of ["EraseDevice", "DeviceLock"])
    assert.equal(commandCatalog.get(requestType)?.risk, "destructive");
});

test("the manifest of a package has Apple's keys", () => {
  const payload = commandCatalog.get("InstallEnterpriseApplication")!.payload(inputs["InstallEnterpriseApplication"]);
  assert.deepEqual(payload["Manifest"], {
    items: [
      {
        assets: [
          {
            kind: "software-package",
            url: "https://h/agent.tar.gz",
            "sha256-size": 10_485_760,
            sha256s: ["0".repeat(64)],
          },
        ],
        metadata: {
          "bundle-identifier": "io.pomona.agent",
          "bundle-version": "1",
          kind: "software",
          title: "Agent",
          sizeInBytes: 5,
        },
      },
    ],
  });
});
