import assert from "node:assert/strict";
import { test } from "node:test";
import { commandsOf } from "./departure-commands.ts";

const textOf = (step: Parameters<typeof commandsOf>[0], about: Parameters<typeof commandsOf>[1]): string =>
  commandsOf(step, about)
    .map(({ command }) => command)
    .join("\n");
const nobody = { account: null, accounts: null };

test("each step where a person works at the Mac has its commands, with the name of the account that was chosen", () => {
  assert.match(textOf("escrow", nobody), /^sudo profiles status -type bootstraptoken$/m);
  assert.match(textOf("update", nobody), /^softwareupdate --list$/m);
  const chosen = { account: { name: "next.person", isNew: true }, accounts: null };
  assert.equal(textOf("login", chosen), "sysadminctl -secureTokenStatus next.person");
  assert.match(textOf("verify", chosen), /^sysadminctl -secureTokenStatus next\.person\ndiskutil apfs listUsers \/$/m);
  assert.equal(textOf("login", nobody), "");
});

test("a name from the Mac that a shell would read as more than a name does not get into a command", () => {
  const accounts = ["gone", "a;reboot", "$(id)", "two words", "-x"].map((name) => ({
    name,
    isAdmin: false,
    hasSecureToken: null,
  }));
  assert.equal(textOf("account", { account: null, accounts }), "sysadminctl -secureTokenStatus gone");
});
