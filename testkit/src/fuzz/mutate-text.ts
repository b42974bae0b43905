import type { Random } from "../model/random.ts";
import { byteMutations, joined, type Mutate } from "./mutate-bytes.ts";

const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const tokensOf = (bytes: Uint8Array, pattern: RegExp): string[] =>
  Buffer.from(bytes).toString("utf8").match(pattern) ?? [];
const someAt = (tokens: readonly string[], random: Random): number => random.integer(0, Math.max(0, tokens.length - 1));

/** Changes of the order and the choice of tokens; what the tokens are a pattern says, and some that are always tried. */
function tokenMutations(pattern: RegExp, known: readonly [string, ...string[]]): readonly Mutate[] {
  const onTokens =
    (change: (tokens: string[], at: number, random: Random, other: readonly string[]) => void): Mutate =>
    (bytes, random, other) => {
      const tokens = tokensOf(bytes, pattern);
      if (tokens.length === 0) return bytes;
      change(tokens, someAt(tokens, random), random, tokensOf(other, pattern));
      return utf8(tokens.join(""));
    };
  return [
    onTokens((tokens, at) => tokens.splice(at, 1)),
    onTokens((tokens, at) => tokens.splice(at, 0, tokens[at]!)),
    onTokens((tokens, at, random) => {
      const to = someAt(tokens, random);
      const token = tokens[at]!;
      tokens[at] = tokens[to]!;
      tokens[to] = token;
    }),
    onTokens((tokens, at, random) => tokens.splice(at, random.integer(0, 1), random.pick(known))),
    onTokens((tokens, at, random, other) => {
      const from = someAt(other, random);
      tokens.splice(at, random.integer(0, 3), ...other.slice(from, from + random.integer(1, 6)));
    }),
    onTokens((tokens, at, random) => {
      const run = tokens.slice(at, at + random.integer(1, 4));
      for (let times = random.pick([2, 20, 300]); times > 0; times--) tokens.splice(at, 0, ...run);
    }),
  ];
}

export const xmlMutations: readonly Mutate[] = tokenMutations(/<[^>]*>|&[^;\s<]{0,12};?|[^<&]+/g, [
  "<array>",
  "</array>",
  "<array/>",
  "<dict>",
  "</dict>",
  "<dict/>",
  "<key>a</key>",
  "<key>__proto__</key>",
  "<string>\u{1f34e}</string>",
  "<string/>",
  "<data>AAEC\n\t AwQ=</data>",
  "<data>AA</data>",
  "<date>2024-02-29T23:59:60Z</date>",
  "<integer>-9223372036854775808</integer>",
  "<integer>0x1F</integer>",
  "<real>-1e400</real>",
  "<real>nan</real>",
  "<true/>",
  "<false></false>",
  "<key>CF$UID</key><integer>7</integer>",
  "&#x10FFFF;",
  "&#0;",
  "&amp;",
  "&lt",
  "<![CDATA[]]>",
  "<![CDATA[</string>]]>",
  "<!-- -- -->",
  "<!---->",
  "<?xml version='1.0' encoding='UTF-16'?>",
  "<!DOCTYPE plist SYSTEM 'x'>",
  "<!DOCTYPE plist [<!ENTITY a 'aaaa'>]>",
  "\r\n",
  "\u{feff}",
  "</plist>",
]);

export const jsonMutations: readonly Mutate[] = tokenMutations(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^"{}[\],:]+/g, [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "null",
  "-1e999",
  "0.0",
  '""',
  '"__proto__"',
  '"constructor"',
  '"\\ud800"',
  '"alg"',
  '"none"',
  '"HS256"',
  '"ES256"',
  '"jwk"',
  '"kid"',
  '"nonce"',
  '"url"',
  '"crit"',
  '"b64"',
  '"signature"',
]);

/** Changes what some text holds in base64, of either alphabet, and writes it again as it was. */
export const inBase64 =
  (inner: readonly Mutate[]): Mutate =>
  (bytes, random, other) => {
    const text = Buffer.from(bytes).toString("latin1");
    const runs = [...text.matchAll(/[A-Za-z0-9+/_-]{8,}={0,2}/g)];
    const run = runs[someAt(runs.map(String), random)];
    const change = inner[random.integer(0, inner.length - 1)] ?? byteMutations[0];
    if (run === undefined || change === undefined) return bytes;
    const isUrl = /[_-]/.test(run[0]) || !run[0].endsWith("=");
    const changed = Buffer.from(change(new Uint8Array(Buffer.from(run[0], "base64")), random, other));
    const put = utf8(changed.toString(isUrl ? "base64url" : "base64"));
    return joined(bytes.subarray(0, run.index), put, bytes.subarray(run.index + run[0].length));
  };
