import assert from "node:assert/strict";
import { test } from "node:test";
import { commandFacts, commandNames } from "@pomona/apple-schema";
import { commandCatalog } from "./catalog/index.ts";
import { findDefinition } from "./definitions.ts";
import { genericCommand } from "./generic-command.ts";
import { GENERIC_RISKS } from "./generic-risks.ts";

test("every command that macOS has or had can be sent, by an entry of its own or by Apple's tables", () => {
  for (const requestType of commandNames()) assert.ok(findDefinition({ requestType }), requestType);
});

test("Apple's tables know every command of the catalogue", () => {
  for (const requestType of commandCatalog.keys()) {
    assert.equal(typeof commandFacts(requestType)?.os.introduced, "string", requestType);
  }
});

test("each risk of the list is that of a command without an entry, and what is not listed may do what root may", () => {
  for (const [requestType, risk] of Object.entries(GENERIC_RISKS)) {
    assert.ok(!commandCatalog.has(requestType), requestType);
    assert.equal(genericCommand(requestType)?.risk, risk);
  }
  assert.equal(genericCommand("InstallMedia")?.risk, "rootEquivalent");
});

test("what macOS never had is no command", () => {
  for (const requestType of ["EnableLostMode", "LogOutUser", "constructor", ""]) {
    assert.equal(findDefinition({ requestType }), undefined);
  }
});
