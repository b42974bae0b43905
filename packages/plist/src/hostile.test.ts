import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { buildBinaryPlist, PlistError, type PlistErrorCode, type PlistLimits, parsePlist } from "./index.ts";

const folder = fileURLToPath(new URL("../../../fixtures/plist/valid/", import.meta.url));
const documents = readdirSync(folder)
  .filter((name) => name.endsWith(".plist"))
  .map((name) => new Uint8Array(readFileSync(folder + name)));

const xml = (body: string) => new TextEncoder().encode(`<plist version="1.0">${body}</plist>`);

function refuses(bytes: Uint8Array, code: PlistErrorCode, limits?: Partial<PlistLimits>): void {
  assert.throws(
    () => parsePlist(bytes, limits),
    (error: unknown) => error instanceof PlistError && error.code === code,
  );
}

/** Parses, and lets only our own error pass. */
function parseOrRefuse(bytes: Uint8Array): void {
  try {
    parsePlist(bytes);
  } catch (error) {
    if (!(error instanceof PlistError)) throw error;
    assert.match(error.code, /^plist\./);
  }
}

test("random bytes are refused with our error and nothing else", () => {
  const heads = fc.constantFrom("", "bplist00", "<plist>", '<?xml version="1.0"?><plist><dict>');
  fc.assert(
    fc.property(heads, fc.uint8Array({ maxLength: 400 }), (head, tail) => {
      parseOrRefuse(Buffer.concat([Buffer.from(head), tail]));
    }),
    { numRuns: 3000 },
  );
});

test("random objects behind a valid trailer are refused with our error, or read", () => {
  const markers = fc.constantFrom(
    0x08,
    0x10,
    0x14,
    0x22,
    0x33,
    0x4f,
    0x52,
    0x62,
    0x80,
    0xa1,
    0xa3,
    0xaf,
    0xd1,
    0xd2,
    0xdf,
  );
  const content = fc.array(fc.oneof(markers, fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 255 })), {
    minLength: 4,
    maxLength: 80,
  });
  fc.assert(
    fc.property(content, fc.array(fc.nat(80), { minLength: 1, maxLength: 12 }), (objects, offsets) => {
      const trailer = Buffer.alloc(32);
      trailer[6] = trailer[7] = 1;
      trailer.writeBigUInt64BE(BigInt(offsets.length), 8);
      trailer.writeBigUInt64BE(BigInt(8 + objects.length), 24);
      const table = Buffer.from(offsets.map((offset) => 8 + (offset % objects.length)));
      parseOrRefuse(Buffer.concat([Buffer.from("bplist00"), Buffer.from(objects), table, trailer]));
    }),
    { numRuns: 5000 },
  );
});

test("valid documents with bytes changed, cut or doubled are refused with our error, or read", () => {
  const edits = fc.array(
    fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom("set", "cut", "double")),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  fc.assert(
    fc.property(fc.constantFrom(...documents), edits, (document, changes) => {
      let bytes = Buffer.from(document);
      for (const [position, value, kind] of changes) {
        const at = position % Math.max(bytes.length, 1);
        if (kind === "set") bytes[at] = value;
        else if (kind === "cut") bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + (value % 16))]);
        else
          bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - value)), bytes.subarray(at)]);
      }
      parseOrRefuse(bytes);
    }),
    { numRuns: 5000 },
  );
});

test("every valid document, cut after any byte, is refused", () => {
  for (const document of documents) {
    const text = Buffer.from(document).toString("latin1").trimEnd();
    const end = text.startsWith("bplist") ? document.length : text.lastIndexOf(">");
    for (let length = 0; length < end; length++) {
      assert.throws(() => parsePlist(document.subarray(0, length)), PlistError);
      // Whatever follows </plist> in the vectors is a comment, an instruction or white space.
      if (text.lastIndexOf("</plist>") >= 0 && length >= text.lastIndexOf("</plist>") + 7) break;
    }
  }
});

test("20,000 containers inside each other are refused, at any depth that can be configured", () => {
  const count = 20_000;
  const arrays = xml("<array>".repeat(count) + "</array>".repeat(count));
  const dictionaries = xml("<dict><key>a</key>".repeat(count));
  for (const maxDepth of [0, 1, 16, 512]) {
    refuses(arrays, "plist.too-deep", { maxDepth });
    refuses(dictionaries, "plist.too-deep", { maxDepth });
  }
});

test("512 containers inside each other are read when that is allowed, in both formats", () => {
  const nested = parsePlist(xml("<array>".repeat(512) + "</array>".repeat(512)), { maxDepth: 512 });
  assert.doesNotThrow(() => parsePlist(buildBinaryPlist(nested), { maxDepth: 512 }));
  refuses(buildBinaryPlist(nested), "plist.too-deep", { maxDepth: 511 });
});

test("a limit beyond what the stack is sure to carry is refused, and so are limits that are no numbers", () => {
  refuses(xml("<true/>"), "plist.limits", { maxDepth: 513 });
  refuses(xml("<true/>"), "plist.limits", { maxBytes: Number.NaN });
  refuses(xml("<true/>"), "plist.limits", { maxNodes: -1 });
});

test("the limits on bytes, values and string length hold for XML and binary, and not one earlier", () => {
  const items = ["abc", "de", "f"];
  const text = xml("<array><string>abc</string><string>de</string><string>f</string></array>");
  for (const bytes of [text, buildBinaryPlist(items)]) {
    assert.deepEqual(parsePlist(bytes, { maxBytes: bytes.length, maxNodes: 4, maxStringLength: 3 }), items);
    refuses(bytes, "plist.too-large", { maxBytes: bytes.length - 1 });
    refuses(bytes, "plist.too-many-nodes", { maxNodes: 3 });
    refuses(bytes, "plist.too-large", { maxStringLength: 2 });
  }
});

test("unfinished and repeated markup of a megabyte is answered without searching it again and again", () => {
  const size = 1_000_000;
  const bodies = [
    "<!--",
    "<![CDATA[",
    "<string>&amp",
    "<string>&",
    "<dict>",
    "<string><!---->",
    "<?",
    "<string a='",
    "<",
    "\r",
  ];
  for (const body of bodies) {
    assert.throws(() => parsePlist(xml(body.repeat(size / body.length))), PlistError);
  }
  assert.throws(() => parsePlist(xml(`<integer>${"9".repeat(size)}</integer>`)), PlistError);
  assert.throws(() => parsePlist(xml(`<real>${"9".repeat(size)}x</real>`)), PlistError);
  assert.throws(() => parsePlist(xml(`<data>${"AAA ".repeat(size / 4)}A</data>`)), PlistError);
});

test("errors say where, and never quote the document", () => {
  assert.throws(
    () => parsePlist(xml("<dict><key>PIN</key><string>secret</strong></dict>")),
    (error: unknown) => {
      assert.ok(error instanceof PlistError);
      assert.match(error.message, /at byte 55/);
      assert.doesNotMatch(error.message, /secret/);
      return error.offset === 55;
    },
  );
  const wide = Buffer.from("\ufeff<plist><null/></plist>", "utf16le");
  assert.throws(() => parsePlist(wide), { offset: 2 + 2 * "<plist>".length });
  assert.throws(() => parsePlist(Buffer.from("\ufeff<plist><!--é--><null/></plist>")), { offset: 19 });
});
