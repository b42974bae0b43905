import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildBinaryPlist, buildXmlPlist, PlistError, type PlistValue, parsePlist } from "@pomona/plist";
import { fuzz } from "../src/fuzz/fuzz.ts";
import type { FuzzTarget } from "../src/fuzz/fuzz-target.ts";
import { binaryPlistMutations } from "../src/fuzz/mutate-binary-plist.ts";
import { byteMutations } from "../src/fuzz/mutate-bytes.ts";
import { inBase64, xmlMutations } from "../src/fuzz/mutate-text.ts";
import { searchBounds } from "../src/search/search-bounds.ts";
import { fixturesIn } from "./corpora.ts";

/** What was accepted, for the second opinion; one in so many, and not too many. */
const accepted: { readonly bytes: Uint8Array; readonly value: PlistValue }[] = [];
const MOST_ACCEPTED = 1500;
/** What a binary property list shares unfolds up to here. */
const LIMITS = { maxBytes: 65_536, maxNodes: 8192 };

/** What was read and written in either format reads as the same, and is written the same again. */
function stable(bytes: Uint8Array): PlistValue {
  const value = parsePlist(bytes, LIMITS);
  for (const build of [buildXmlPlist, buildBinaryPlist]) {
    let written: Uint8Array;
    try {
      written = build(value);
    } catch (error) {
      // XML has control characters of neither kind, and no dates of every year.
      if (error instanceof PlistError && error.code === "plist.unsupported") continue;
      throw error;
    }
    const again = parsePlist(written, { maxNodes: 200_000 });
    assert.deepEqual(Buffer.from(build(again)), Buffer.from(written), `${build.name} is not stable`);
  }
  if (accepted.length < MOST_ACCEPTED && bytes.length < 4000) accepted.push({ bytes, value });
  return value;
}

const plist = (name: string, files: RegExp, mutations: FuzzTarget["mutations"]): FuzzTarget => ({
  name,
  seeds: [...fixturesIn("plist/valid", files), ...fixturesIn("plist/invalid", files)].filter(
    ({ length }) => length < 8000,
  ),
  mutations,
  open: stable,
  isRefusal: (error) => error instanceof PlistError,
  sizeAtLeast: LIMITS.maxBytes + 2 * LIMITS.maxNodes,
  watches: /packages\/plist\/src/,
});

test("no XML property list makes the reader fail, hang or hold too much, and what it reads is stable", async () => {
  const target = plist("plist-xml", /^(?!binary).*\.plist$/, [...xmlMutations, inBase64(byteMutations)]);
  await fuzz(target, searchBounds(3));
});

test("no binary property list makes the reader fail, hang or hold too much, and what it reads is stable", async () => {
  const target = plist("plist-binary", /^binary.*\.plist$/, binaryPlistMutations);
  await fuzz(target, searchBounds(3));
});

/** There are many spellings of what is no number, and they mean the same. */
const anyNan = (json: string): string => json.replace(/"[7f]ff(?!0{13})[0-9a-f]{13}"/g, '"nan"');
const oracle = fileURLToPath(new URL("../../packages/plist/src/plistlib-oracle.py", import.meta.url));
const hasPython = spawnSync("python3", ["-c", "import plistlib"]).status === 0;

test("what was accepted plistlib reads as the same as what we make of it", {
  skip: !hasPython && "python3 is not installed",
}, () => {
  const asked = accepted.flatMap(({ bytes, value }) => {
    try {
      return [{ bytes, ours: buildBinaryPlist(value) }];
    } catch {
      return [];
    }
  });
  const input = asked
    .flatMap(({ bytes, ours }) => [bytes, ours])
    .map((bytes) => JSON.stringify({ do: "parse", bytes: Buffer.from(bytes).toString("hex") }))
    .join("\n");
  const { stdout, status, stderr } = spawnSync("python3", [oracle], { input, encoding: "utf8", maxBuffer: 1 << 28 });
  assert.equal(status, 0, stderr);
  const answers = stdout.trim().split("\n");
  let compared = 0;
  for (const [at, { bytes }] of asked.entries()) {
    const [theirs, ours] = [answers[2 * at]!, answers[2 * at + 1]!];
    // We let pass what it refuses in the prologue, in attributes and in white space around a date: Macs do not write that.
    if (!theirs.startsWith('{"value"')) continue;
    compared += 1;
    assert.equal(anyNan(ours), anyNan(theirs), Buffer.from(bytes).toString("base64"));
  }
  assert.ok(compared > asked.length / 10, `${compared} of ${asked.length} could be compared`);
});
