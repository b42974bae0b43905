import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseEsloggerLine } from "./eslogger-parser.ts";
import type { ExecEvent, SensorEvent } from "./sensor-events.ts";

const folder = new URL("../../../../fixtures/eslogger/", import.meta.url);
const lines = (file: string) => readFileSync(new URL(file, folder), "utf8").trimEnd().split("\n");
const parse = (line: string) => parseEsloggerLine(Buffer.from(line));
const parseAll = (file: string) => lines(file).map((line) => parse(line) as SensorEvent);

for (const [file, version] of [
  ["macos-15.jsonl", 9],
  ["macos-26.jsonl", 10],
] as const)
  test(`the exec, fork and exit of ${file} are read`, () => {
    const [exec, fork, exit] = parseAll(file);
    assert.ok(exec?.kind === "exec" && fork?.kind === "fork" && exit?.kind === "exit");
    assert.equal(exec.version, version);
    assert.equal(exec.unknownVersion, false);
    const { words, ...token } = exec.target.token;
    assert.deepEqual(token, { pid: 4242, pidversion: 9101 });
    assert.deepEqual(words, [501, 501, 20, 501, 20, 4242, 100021, 9101]);
    assert.equal(exec.before.pidversion, 9100);
    assert.equal(exec.target.parent?.pid, 4100);
    assert.equal(exec.target.path, "/opt/tool");
    assert.equal(exec.target.cdhash, "cd".repeat(20));
    assert.equal(exec.target.signingId, "com.example.tool");
    assert.equal(exec.target.teamId, "EXAMPLE123");
    assert.equal(exec.target.isPlatformBinary, false);
    assert.deepEqual(exec.args, ["tool", "--name", "a b"]);
    assert.equal(exec.cwd, "/opt");
    assert.ok(Math.abs(exec.at - (Date.parse("2026-01-12T09:00:01.130Z") + 0.456789)) < 0.001);
    assert.equal(exec.globalSeq, 40);
    assert.equal(fork.child.token.pidversion, 12044);
    assert.equal(fork.parent.pidversion, 12000);
    assert.equal(exit.status, 256);
    assert.equal(exit.token.pid, 6111);
  });

test("nothing of the environment is kept", () => {
  assert.match(lines("macos-15.jsonl")[0] ?? "", /made-up-secret/);
  assert.doesNotMatch(JSON.stringify(parseAll("macos-15.jsonl")), /made-up-secret|LANG=C/);
});

test("an unknown version is read and flagged, and both token forms are taken at any version", () => {
  const [unknown, mixed] = parseAll("drift.jsonl") as [ExecEvent, ExecEvent];
  assert.equal(unknown.unknownVersion, true);
  assert.equal(unknown.target.token.pidversion, 9101);
  assert.equal(mixed.unknownVersion, false);
  assert.deepEqual(mixed.target.token, unknown.target.token);
});

test("an event that is not subscribed to is named and counted", () => {
  const other = parseAll("drift.jsonl")[2];
  assert.ok(other?.kind === "other");
  assert.equal(other.name, "uipc_connect");
  assert.equal(other.globalSeq, 3);
});

test("arguments that look like events change nothing and are capped, and unsigned code has no ids", () => {
  const exec = parseAll("drift.jsonl")[3] as ExecEvent;
  assert.equal(exec.kind, "exec");
  assert.equal(exec.args[1], '{"event":{"fork":1}}');
  assert.equal(exec.args.length, 64);
  assert.ok(exec.args.every((arg) => arg.length <= 512));
  assert.equal(exec.argsTruncated, true);
  assert.equal("teamId" in exec.target || "signingId" in exec.target, false);
});

for (const line of lines("unreadable.jsonl"))
  test(`the line ${line.slice(0, 60)} is no event`, () => {
    assert.equal(parse(line), undefined);
  });

test("bytes that are not UTF-8 do no harm", () => {
  assert.equal(parseEsloggerLine(Buffer.from([0xff, 0xfe, 0x7b])), undefined);
});
