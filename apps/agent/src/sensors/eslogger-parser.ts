import type { AuditTokenWords, ProcessToken } from "../kill/process-token.ts";
import type { EventEnvelope, ProcessImage, SensorEvent } from "./sensor-events.ts";

/** Arguments are kept up to these bounds. */
const MAX_ARGS = 64;
const MAX_ARG_LENGTH = 512;
const MAX_PATH_LENGTH = 4096;
const KNOWN_VERSIONS = new Set([9, 10]);
const TOKEN_WORDS = ["auid", "euid", "egid", "ruid", "rgid", "pid", "asid", "pidversion"] as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one line of eslogger (JSON schema 1, message versions 9 and 10; others are read and flagged), or returns undefined where it is
 * not an event. Keys come in any order and slashes escaped, so the whole line is parsed: a scan for known bytes would misread arguments
 * that look like JSON. `st_ino` loses precision in that parse and is not used. The environment is dropped here, at the edge.
 */
export function parseEsloggerLine(line: Buffer): SensorEvent | undefined {
  try {
    return readEvent(JSON.parse(line.toString("utf8")));
  } catch {
    return undefined;
  }
}

class UnreadableEvent extends Error {}

function readEvent(value: unknown): SensorEvent {
  const line = fields(value);
  const event = fields(line.event);
  const name = Object.keys(event)[0];
  if (name === undefined) throw new UnreadableEvent();
  const envelope = readEnvelope(line);
  if (name === "exec") return readExec(envelope, fields(event.exec), fields(line.process));
  if (name === "fork") {
    const { child } = fields(event.fork);
    return { kind: "fork", ...envelope, parent: token(fields(line.process).audit_token), child: image(fields(child)) };
  }
  if (name === "exit") {
    const { stat } = fields(event.exit);
    return { kind: "exit", ...envelope, token: token(fields(line.process).audit_token), status: integer(stat) };
  }
  return { kind: "other", ...envelope, name };
}

function readEnvelope(line: Fields): EventEnvelope {
  const version = integer(line.version);
  const { seq_num: seq, global_seq_num: globalSeq, mach_time: machTime } = line;
  return {
    at: instant(line.time),
    machTime: typeof machTime === "number" ? machTime : 0,
    ...(typeof seq === "number" && { seq }),
    ...(typeof globalSeq === "number" && { globalSeq }),
    version,
    unknownVersion: line.schema_version !== 1 || !KNOWN_VERSIONS.has(version),
  };
}

function readExec(envelope: EventEnvelope, exec: Fields, process: Fields): SensorEvent {
  const given = Array.isArray(exec.args) ? exec.args.filter((arg): arg is string => typeof arg === "string") : [];
  const args = given
    .slice(0, MAX_ARGS)
    .map((arg) => (arg.length > MAX_ARG_LENGTH ? arg.slice(0, MAX_ARG_LENGTH) : arg));
  const cwd = isFields(exec.cwd) && typeof exec.cwd.path === "string" ? exec.cwd.path : undefined;
  return {
    kind: "exec",
    ...envelope,
    target: image(fields(exec.target)),
    before: token(process.audit_token),
    args,
    argsTruncated: given.length > MAX_ARGS || given.some((arg) => arg.length > MAX_ARG_LENGTH),
    cwd: cwd?.slice(0, MAX_PATH_LENGTH),
  };
}

function image(process: Fields): ProcessImage {
  const { signing_id: signingId, team_id: teamId, cdhash, ppid } = process;
  const { path } = fields(process.executable);
  if (typeof path !== "string") throw new UnreadableEvent();
  return {
    token: token(process.audit_token),
    parent: process.parent_audit_token === undefined ? undefined : token(process.parent_audit_token),
    ppid: typeof ppid === "number" ? ppid : 0,
    path: path.slice(0, MAX_PATH_LENGTH),
    ...(typeof signingId === "string" && signingId !== "" && { signingId }),
    ...(typeof teamId === "string" && teamId !== "" && { teamId }),
    ...(typeof cdhash === "string" && { cdhash: cdhash.toLowerCase() }),
    isPlatformBinary: process.is_platform_binary === true,
  };
}

/** An audit token in either spelling: an object of names (macOS 15) or an array of eight words (macOS 26). */
function token(value: unknown): ProcessToken {
  const words = Array.isArray(value) ? value : TOKEN_WORDS.map((word) => fields(value)[word]);
  if (words.length !== 8 || !words.every((word) => Number.isInteger(word))) throw new UnreadableEvent();
  return { pid: words[5] as number, pidversion: words[7] as number, words: words as unknown as AuditTokenWords };
}

/** RFC 3339 with nine decimals, of which `Date.parse` keeps three. */
function instant(value: unknown): number {
  if (typeof value !== "string") throw new UnreadableEvent();
  const milliseconds = Date.parse(value);
  if (Number.isNaN(milliseconds)) throw new UnreadableEvent();
  const beyond = /\.\d{3}(\d+)/.exec(value)?.[1];
  return beyond === undefined ? milliseconds : milliseconds + Number(`0.${beyond}`);
}

function integer(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new UnreadableEvent();
  return value as number;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function fields(value: unknown): Fields {
  if (!isFields(value)) throw new UnreadableEvent();
  return value;
}
