import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { searchBounds } from "../search/search-bounds.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { Corpus } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { byteMutations } from "./mutate-bytes.ts";
import { derMutations } from "./mutate-der.ts";
import { inBase64, xmlMutations } from "./mutate-text.ts";

class Refused extends Error {}

const target = (open: FuzzTarget["open"], seeds: readonly string[] = ["seed"]): FuzzTarget => ({
  name: "toy",
  seeds: seeds.map((seed) => Buffer.from(seed)),
  mutations: [],
  open,
  isRefusal: (error) => error instanceof Refused,
  watches: /fuzz\.test\.ts$/,
});
/** Far more than is needed: it ends with what it finds. */
const LONG = searchBounds(60, { SEARCH_SEED: "7" });
const none = () => new Corpus("toy", "/does/not/exist");

test("what is refused in the declared words is no fault, and any other error is, with the input and the seed", async () => {
  await fuzz(
    target(() => assert.fail(new Refused() as never)),
    searchBounds(0.2, { SEARCH_SEED: "1" }),
    none(),
  );
  const failing = target((bytes) => {
    if (bytes.includes(0xff)) throw new TypeError("boom");
  });
  await assert.rejects(fuzz(failing, LONG, none()), /toy: TypeError: boom\nSEARCH_SEED=7, 1 bytes: ff\n/);
});

test("a fault behind several doors is found, because what opens one is kept", async () => {
  const open = (bytes: Uint8Array): string => {
    if (bytes[0] !== 0x50) return "first";
    if (bytes[1] !== 0x4f) return "second";
    if (bytes[2] !== 0x4d) return "third";
    if (bytes[3] !== 0x4f) return "fourth";
    throw new Error("in");
  };
  await assert.rejects(fuzz(target(open, ["seed"]), LONG, none()), /504f4d4f/);
});

test("work that grows faster than the input is a fault on any machine", async () => {
  const open = (bytes: Uint8Array): number => {
    let steps = 0;
    for (const octet of bytes) for (const other of bytes) if (octet < other) steps += 1;
    return steps;
  };
  const long = "a".repeat(4000);
  await assert.rejects(fuzz(target(open, [long]), LONG, none()), /blocks of code ran, more than its size allows/);
});

test("a result that is much larger than the input is a fault", async () => {
  const open = (bytes: Uint8Array) => Array.from({ length: bytes.length ** 2 }, () => 0);
  await assert.rejects(fuzz(target(open, ["a".repeat(2000)]), LONG, none()), /more than \d+ values came of/);
});

test("what reached new code and what broke something is kept, and played first the next time", async () => {
  await using folder = await temporaryFolder();
  const corpus = new Corpus("toy", path.join(folder.path, "toy"));
  let isBroken = false;
  const seen: string[] = [];
  const open = (bytes: Uint8Array): string => {
    const text = Buffer.from(bytes).toString("latin1");
    seen.push(text);
    if (!text.startsWith("P")) return "none";
    if (isBroken) throw new Error("broken");
    return "new";
  };
  const brief = () => searchBounds(1, { SEARCH_SEED: "3" });
  await fuzz(target(open), brief(), corpus, true);
  const [kept] = await readdir(path.join(folder.path, "toy"));
  assert.ok(kept !== undefined && Buffer.from(corpus.read()[0]!).toString("latin1").startsWith("P"));
  isBroken = true;
  seen.length = 0;
  await assert.rejects(fuzz(target(open), brief(), corpus), /broken/);
  assert.deepEqual(seen.slice(0, 2), ["seed", Buffer.from(corpus.read()[0]!).toString("latin1")]);
  const found = corpus.keepFound(Buffer.from("P"));
  corpus.replace([]);
  assert.deepEqual(await readdir(path.join(folder.path, "toy")), [path.basename(found)]);
});

test("the same seed tries the same inputs", async () => {
  const inputs = async (seed: string): Promise<readonly string[]> => {
    const seen: string[] = [];
    const open = (bytes: Uint8Array) => void seen.push(Buffer.from(bytes).toString("hex"));
    await fuzz(target(open, ["<a>b</a>", "0123"]), searchBounds(0.3, { SEARCH_SEED: seed }), none());
    return seen.slice(0, 200);
  };
  assert.deepEqual(await inputs("5"), await inputs("5"));
  assert.notDeepEqual(await inputs("5"), await inputs("6"));
});

test("every mutation takes any bytes, none changes its input, and each of them changes something sooner or later", async () => {
  const { seededRandom } = await import("../model/random.ts");
  const { binaryPlistMutations } = await import("./mutate-binary-plist.ts");
  const { jsonMutations } = await import("./mutate-text.ts");
  const { buildBinaryPlist } = await import("@pomona/plist");
  const samples: readonly Uint8Array[] = [
    new Uint8Array(),
    Uint8Array.of(0x30, 0x80),
    new Uint8Array(40).fill(0xff),
    Uint8Array.of(0x30, 0x0b, 0x02, 0x01, 0x05, 0x04, 0x06, 0x30, 0x04, 0x02, 0x02, 0x01, 0x00),
    Buffer.from('<plist version="1.0"><dict><key>a</key><data>AAECAwQFBgcICQ==</data></dict></plist>'),
    Buffer.from('{"protected": "eyJhbGciOiJub25lIn0", "payload": ""}'),
    buildBinaryPlist({ a: [1, "b", { c: new Date(0) }], d: "a" }),
  ];
  const random = seededRandom("any bytes");
  const all = [
    ...byteMutations,
    ...derMutations,
    ...xmlMutations,
    ...jsonMutations,
    ...binaryPlistMutations,
    inBase64(byteMutations),
  ];
  for (const [at, mutate] of all.entries()) {
    let changes = 0;
    for (let round = 0; round < 40; round++) {
      for (const sample of samples) {
        const before = Buffer.from(sample);
        const after = mutate(sample, random, samples[round % samples.length]!);
        assert.deepEqual(Buffer.from(sample), before, `mutation ${at} changed its input`);
        if (!before.equals(Buffer.from(after))) changes += 1;
      }
    }
    assert.ok(changes > 0, `mutation ${at} does nothing`);
  }
});
