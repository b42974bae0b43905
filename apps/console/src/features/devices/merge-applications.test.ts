import assert from "node:assert/strict";
import { test } from "node:test";
import type { Application } from "@pomona/contract";
import { mergeApplications } from "./merge-applications.ts";

const app = (
  source: Application["source"],
  path: string | null,
  sizeBytes: number | null,
  version = "1",
): Application => ({
  name: "Slack",
  bundleId: "com.slack",
  version,
  path,
  sizeBytes,
  source,
});

test("what MDM and the agent say of one application is one row", () => {
  const { source: _, ...both } = app("mdm", "/Applications/Slack.app", 7);
  assert.deepEqual(mergeApplications([app("agent", "/Applications/Slack.app", null), app("mdm", null, 7)]), [
    { ...both, sources: ["agent", "mdm"] },
  ]);
});

test("another version, and a second copy, stay rows of their own", () => {
  assert.equal(mergeApplications([app("agent", "/a", null), app("mdm", null, 7, "2")]).length, 2);
  assert.equal(mergeApplications([app("agent", "/a", null), app("agent", "/b", null), app("mdm", null, 7)]).length, 2);
});
