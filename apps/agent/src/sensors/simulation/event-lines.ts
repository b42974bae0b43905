import type { ProcessToken } from "../../kill/process-token.ts";

/** One process of a made-up line. */
export interface LineProcess {
  readonly token: ProcessToken;
  readonly path: string;
  readonly signingId?: string;
  readonly teamId?: string;
  readonly cdhash?: string;
  readonly isPlatformBinary?: boolean;
  readonly parent?: ProcessToken;
}

const STAT_TIME = "2026-01-12T08:30:00.000000000Z";
const PARENT = [501, 501, 20, 501, 20, 4100, 100021, 9001];
let counted = 0;

/** A line of eslogger on macOS 26, without its newline, with all the fields that the real one has. */
export function execLine(target: LineProcess, before: ProcessToken = target.token, at = new Date()): string {
  const exec = {
    target: processFields(target),
    args: [target.path, "--quiet"],
    env: Array.from({ length: 12 }, (_, n) => `VARIABLE_${n}=/some/folder/of/the/user/${n}`),
    cwd: file("/Users/ada"),
    script: null,
    dyld_exec_path: target.path,
    last_fd: 2,
    image_cputype: 16777228,
    image_cpusubtype: 2,
    fds: [0, 1, 2].map((fd) => ({ fd, fdtype: 1 })),
  };
  return line(processFields({ ...target, token: before }), { exec }, 9, at);
}

export function forkLine(parent: LineProcess, child: ProcessToken, at = new Date()): string {
  return line(
    processFields(parent),
    { fork: { child: processFields({ ...parent, token: child }, parent.token) } },
    11,
    at,
  );
}

function line(process: object, event: object, type: number, at: Date): string {
  counted += 1;
  const envelope = {
    mach_time: 520_000_000_000 + counted,
    seq_num: counted,
    global_seq_num: counted,
    event_type: type,
    action_type: 1,
  };
  const time = at.toISOString().replace("Z", "000000Z");
  const action = { result: { result: { auth: 0 }, result_type: 0 } };
  const whole = {
    ...envelope,
    event,
    process,
    action,
    thread: { thread_id: 330001 },
    version: 10,
    schema_version: 1,
    time,
  };
  return JSON.stringify(whole).replaceAll("/", "\\/");
}

function processFields(process: LineProcess, parent = process.parent): object {
  const parentWords = parent === undefined ? PARENT : words(parent);
  return {
    audit_token: words(process.token),
    parent_audit_token: parentWords,
    responsible_audit_token: PARENT,
    ppid: parentWords[5],
    original_ppid: parentWords[5],
    group_id: process.token.pid,
    session_id: 4100,
    codesigning_flags: 570425345,
    signing_id: process.signingId ?? null,
    team_id: process.teamId ?? null,
    cdhash: (process.cdhash ?? "ef".repeat(20)).toUpperCase(),
    is_platform_binary: process.isPlatformBinary ?? false,
    is_es_client: false,
    cs_validation_category: 6,
    executable: file(process.path),
    tty: null,
    start_time: "2026-01-12T09:00:01.123456Z",
  };
}

function words({ pid, pidversion }: ProcessToken): number[] {
  return [501, 501, 20, 501, 20, pid, 100021, pidversion];
}

function file(path: string): object {
  const times = {
    st_atimespec: STAT_TIME,
    st_mtimespec: STAT_TIME,
    st_ctimespec: STAT_TIME,
    st_birthtimespec: STAT_TIME,
  };
  const numbers = {
    st_dev: 16777234,
    st_ino: 11529215003123,
    st_mode: 33261,
    st_nlink: 1,
    st_uid: 0,
    st_gid: 0,
    st_rdev: 0,
  };
  const sizes = { st_size: 134224, st_blocks: 264, st_blksize: 4096, st_flags: 524320, st_gen: 0 };
  return { path, path_truncated: false, stat: { ...numbers, ...sizes, ...times } };
}
