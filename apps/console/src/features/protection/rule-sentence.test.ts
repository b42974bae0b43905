import assert from "node:assert/strict";
import { test } from "node:test";
import { ruleSentence } from "./rule-sentence.ts";

test("a rule is told in one sentence", () => {
  assert.equal(
    ruleSentence({ match: { name: { exact: "Transmission" } }, mode: "block", scope: { tenant: true } }),
    "Kill every process whose name is Transmission on all Macs.",
  );
  assert.equal(
    ruleSentence({
      match: { teamId: "EQHXZ8M8AV", signingId: "org.m0k.transmission", path: { contains: "/Downloads/" } },
      mode: "report",
      scope: { deviceIds: ["a", "b"] },
      expiresAt: "2026-12-31T23:59:59.000Z",
      allowPlatformBinary: true,
    }),
    "Report every process whose path contains /Downloads/, signed by team EQHXZ8M8AV and with signing ID org.m0k.transmission on 2 chosen Macs until 2026-12-31, even if it is part of macOS.",
  );
});

test("a rule that matches nothing asks for a condition", () => {
  assert.match(ruleSentence({ match: {}, mode: "block", scope: { tenant: true } }), /at least one/);
});
