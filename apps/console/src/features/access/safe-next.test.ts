import assert from "node:assert/strict";
import { test } from "node:test";
import { safeNext } from "./safe-next.ts";

test("after signing in one lands on a page of this console, never elsewhere", () => {
  assert.equal(safeNext("/devices?q=x"), "/devices?q=x");
  for (const bad of [
    undefined,
    "",
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/sign-in",
  ])
    assert.equal(safeNext(bad), "/");
});
