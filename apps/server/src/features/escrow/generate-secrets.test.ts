import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { isRecoveryKey } from "@pomona/mdm";
import fc from "fast-check";
import { bypassCodeOf, escrowKeyOf, hashPassword, makePassword, makePin } from "./generate-secrets.ts";

const python = (script: string, ...args: readonly string[]): string =>
  execFileSync("python3", ["-c", script, ...args], { encoding: "utf8" }).trim();

test("a password is read in groups, has no letter that is mistaken for another, and no two are alike", () => {
  const made = Array.from({ length: 500 }, () => makePassword());
  for (const password of made) assert.match(password, /^([ac-hj-kmnp-rt-yACDEFGHJKLMNPQRTUVWXY34679b]{4}-){4}.{4}$/);
  for (const password of made) {
    assert.doesNotMatch(password, /[0O1IlSsZz25B8]/);
    assert.match(password, /[a-z]/);
    assert.match(password, /[A-Z]/);
    assert.match(password, /[0-9]/);
  }
  assert.equal(new Set(made).size, made.length);
  for (let n = 0; n < 200; n += 1) assert.match(makePin(), /^\d{6}$/);
});

test("Python derives the same entropy from the hash that macOS is given", async () => {
  const plist = await hashPassword("Walnut-7482");
  const script =
    "import plistlib,base64,hashlib,sys;p=plistlib.loads(base64.b64decode(sys.argv[1]))['SALTED-SHA512-PBKDF2'];" +
    "print(hashlib.pbkdf2_hmac('sha512',sys.argv[2].encode(),p['salt'],p['iterations'],128)==p['entropy'],len(p['salt']),20000<=p['iterations']<=40000)";
  assert.equal(python(script, plist, "Walnut-7482"), "True 32 True");
  assert.equal(python(script, plist, "Walnut-7483").split(" ")[0], "False");
});

test("Python reads the sixteen bytes back out of a bypass code, and derives Apple's escrow key from them", async () => {
  const script =
    "import base64,sys;a='0123456789ACDEFGHJKLMNPQRTUVWXYZ';b='ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';" +
    "print(base64.b32decode(sys.argv[1].replace('-','').translate(str.maketrans(a,b))+'======').hex())";
  for (const raw of [
    new Uint8Array(16),
    new Uint8Array(16).fill(255),
    Buffer.from("000102030405060708090a0b0c0d0e0f", "hex"),
  ]) {
    const code = bypassCodeOf(raw);
    assert.match(code, /^.{5}-.{5}-.{4}-.{4}-.{4}-.{4}$/);
    assert.equal(python(script, code), Buffer.from(raw).toString("hex"));
    const derive =
      "import hashlib,sys;print(hashlib.pbkdf2_hmac('sha256',bytes.fromhex(sys.argv[1]),bytes(4),50000,32).hex())";
    assert.equal(await escrowKeyOf(raw), python(derive, Buffer.from(raw).toString("hex")));
  }
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (raw) =>
      /^[0-9AC-HJ-NP-RT-Z]{5}-[0-9AC-HJ-NP-RT-Z]{5}(-[0-9AC-HJ-NP-RT-Z]{4}){4}$/.test(bypassCodeOf(raw)),
    ),
  );
});

test("a recovery key is six groups of four, and nothing else is taken for one", () => {
  assert.ok(isRecoveryKey("AAAA-BBBB-CCCC-DDDD-EEEE-1111"));
  for (const text of [
    "",
    "AAAA-BBBB-CCCC-DDDD-EEEE",
    "aaaa-BBBB-CCCC-DDDD-EEEE-1111",
    "AAAA-BBBB-CCCC-DDDD-EEEE-1111\n",
  ])
    assert.ok(!isRecoveryKey(text), text);
});
