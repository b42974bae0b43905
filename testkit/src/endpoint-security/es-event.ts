import type { ImageIdentity, MacProcess } from "../processes/mac-process.ts";

/** What Endpoint Security tells of, before it is written as a line. */
export type EsEvent =
  | { readonly name: "fork"; readonly at: number; readonly parent: EsProcess; readonly child: EsProcess }
  | {
      readonly name: "exec";
      readonly at: number;
      readonly before: EsProcess;
      readonly target: EsProcess;
      readonly args: readonly string[];
    }
  /** `status` is a wait status. */
  | { readonly name: "exit"; readonly at: number; readonly process: EsProcess; readonly status: number };

export interface EsProcess {
  readonly pid: number;
  readonly pidversion: number;
  readonly ppid: number;
  readonly uid: number;
  readonly image: ImageIdentity;
  readonly startedAt: number;
}

/** launchd, the parent of what has no other. */
export const launchdProcess: EsProcess = {
  pid: 1,
  pidversion: 1100,
  ppid: 0,
  uid: 0,
  image: {
    path: "/sbin/launchd",
    signingId: "com.apple.xpc.launchd",
    teamId: undefined,
    cdhash: "1A2B3C4D5E6F70819203A4B5C6D7E8F901234567",
    isPlatformBinary: true,
  },
  startedAt: 0,
};

const xpcproxy: ImageIdentity = {
  path: "/usr/libexec/xpcproxy",
  signingId: "com.apple.xpc.proxy",
  teamId: undefined,
  cdhash: "89ABCDEF0123456789ABCDEF0123456789ABCDEF",
  isPlatformBinary: true,
};

/** The two events of a start on macOS: launchd forks xpcproxy, which becomes the application. */
export function startEvents(process: MacProcess): readonly [EsEvent, EsEvent] {
  const target: EsProcess = process;
  const before: EsProcess = { ...fields(process), image: xpcproxy };
  return [
    { name: "fork", at: process.startedAt, parent: launchdProcess, child: before },
    { name: "exec", at: process.startedAt, before, target, args: [process.image.path, ...process.args] },
  ];
}

const fields = ({ pid, pidversion, ppid, uid, startedAt }: MacProcess) => ({ pid, pidversion, ppid, uid, startedAt });
