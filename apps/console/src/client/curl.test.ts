import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { createRule, listDevices } from "@pomona/contract";
import { curlOf } from "./curl.ts";

/** What a POSIX shell makes of the command's words. */
const wordsOf = (command: string): string[] =>
  execFileSync("/bin/sh", ["-c", `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${command}`], {
    env: { POMONA_TOKEN: "secret" },
  })
    .toString()
    .split("\0")
    .slice(0, -1);

test("the shell reads the command as it was meant, quotes in names included", () => {
  const rule = {
    name: "Ana's $(rule) `x`",
    match: { name: { exact: "a'b\\" } },
    mode: "report",
    scope: { tenant: true },
  } as const;
  const words = wordsOf(curlOf(createRule, rule, { origin: "https://pomona.example", tenantId: "t1" }));
  assert.deepEqual(words.slice(0, 3), ["-X", "POST", "https://pomona.example/api/v1/rules"]);
  assert.ok(words.includes("Authorization: Bearer secret"));
  assert.ok(words.includes("Pomona-Tenant: t1"));
  assert.deepEqual(JSON.parse(words.at(-1) ?? ""), rule);
});

test("a read names no method and no body", () => {
  const command = curlOf(listDevices, { q: "x" }, { origin: "https://p", tenantId: null });
  assert.deepEqual(wordsOf(command), ["https://p/api/v1/devices?q=x", "-H", "Authorization: Bearer secret"]);
});
