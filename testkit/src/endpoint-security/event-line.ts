import type { EsEvent, EsProcess } from "./es-event.ts";

/** What one `eslogger` client counts and knows. */
export interface LineOptions {
  /** 9: audit tokens are objects (macOS 15). 10: arrays, and a validation category (macOS 26). */
  readonly version: 9 | 10;
  readonly seq: number;
  readonly globalSeq: number;
  /** 0 <= x < 1: the order of keys is different in every line. */
  readonly random: () => number;
}

const EVENT_TYPES = { exec: 9, fork: 11, exit: 15 } as const;
/** A machine's clock that does not jump: ticks of 24 MHz since an arbitrary start. */
const machTime = (at: number): number => Math.floor((at - 1_700_000_000_000) * 24_000);

/**
 * One line of `eslogger`'s output, without its newline: keys in random order, slashes escaped, times with nine decimals, as Apple's
 * tool prints them.
 */
export function eventLine(event: EsEvent, options: LineOptions): string {
  const actor = event.name === "exec" ? event.before : event.name === "fork" ? event.parent : event.process;
  return writeJson(
    {
      schema_version: 1,
      version: options.version,
      time: timestamp(event.at, 9),
      mach_time: machTime(event.at),
      seq_num: options.seq,
      global_seq_num: options.globalSeq,
      event_type: EVENT_TYPES[event.name],
      action_type: 1,
      action: { result: { result_type: 0, result: { auth: 0 } } },
      thread: { thread_id: 330_000 + (options.globalSeq % 60_000) },
      process: processFields(actor, options.version),
      event: { [event.name]: eventFields(event, options.version) },
    },
    options.random,
  );
}

function eventFields(event: EsEvent, version: 9 | 10): Record<string, unknown> {
  switch (event.name) {
    case "exec":
      return {
        target: processFields(event.target, version),
        args: event.args,
        env: ["PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LANG=C"],
        cwd: file("/", event.at),
        script: null,
        dyld_exec_path: event.target.image.path,
        last_fd: 2,
        image_cputype: 16_777_228,
        image_cpusubtype: 0,
        fds: [0, 1, 2].map((fd) => ({ fd, fdtype: 1 })),
      };
    case "fork":
      return { child: processFields(event.child, version) };
    case "exit":
      return { stat: event.status };
  }
}

function processFields(process: EsProcess, version: 9 | 10): Record<string, unknown> {
  const { image } = process;
  const token = auditToken(process.uid, process.pid, process.pidversion, version);
  return {
    audit_token: token,
    parent_audit_token: auditToken(0, process.ppid, 1100, version),
    responsible_audit_token: token,
    ppid: process.ppid,
    original_ppid: process.ppid,
    group_id: process.pid,
    session_id: process.pid,
    codesigning_flags: image.isPlatformBinary ? 570_425_345 : 570_425_089,
    signing_id: image.signingId ?? null,
    team_id: image.teamId ?? null,
    cdhash: image.cdhash,
    is_platform_binary: image.isPlatformBinary,
    is_es_client: false,
    executable: file(image.path, process.startedAt),
    tty: null,
    start_time: timestamp(process.startedAt, 6),
    ...(version === 10 ? { cs_validation_category: image.isPlatformBinary ? 1 : 6 } : {}),
  };
}

function auditToken(uid: number, pid: number, pidversion: number, version: 9 | 10): unknown {
  const words = {
    auid: uid === 0 ? 4_294_967_295 : uid,
    euid: uid,
    egid: 20,
    ruid: uid,
    rgid: 20,
    pid,
    asid: 100_021,
    pidversion,
  };
  return version === 9 ? words : Object.values(words);
}

/** `st_ino` is printed above 2^53, as on a real system volume: it must be written as digits, not as a double. */
const INODE = "@INODE";

function file(path: string, at: number): Record<string, unknown> {
  const time = timestamp(at, 9);
  return {
    path,
    path_truncated: false,
    stat: {
      st_dev: 16_777_234,
      st_ino: INODE,
      st_mode: 33_261,
      st_nlink: 1,
      st_uid: 0,
      st_gid: 0,
      st_rdev: 0,
      st_size: 167_536,
      st_blocks: 328,
      st_blksize: 4096,
      st_flags: 524_320,
      st_gen: 0,
      st_atimespec: time,
      st_mtimespec: time,
      st_ctimespec: time,
      st_birthtimespec: time,
    },
  };
}

function timestamp(at: number, decimals: 6 | 9): string {
  const micros = Math.round(at * 1000);
  const seconds = new Date(Math.floor(micros / 1_000_000) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(micros % 1_000_000)
    .padStart(6, "0")
    .padEnd(decimals, "0")}Z`;
}

/** JSON as Foundation writes it: `/` is escaped, and dictionaries come in no order. */
function writeJson(value: unknown, random: () => number): string {
  if (value === INODE) return "1152921500312571834";
  if (Array.isArray(value)) return `[${value.map((entry) => writeJson(entry, random)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value).replaceAll("/", "\\/");
  const entries = Object.entries(value);
  for (let last = entries.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [entries[last], entries[other]];
    if (a !== undefined && b !== undefined) [entries[last], entries[other]] = [b, a];
  }
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${writeJson(entry, random)}`).join(",")}}`;
}
