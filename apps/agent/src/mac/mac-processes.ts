import type { ProcessLookup } from "../process-lookup.ts";

/** What we use of `node:ffi` (Node 26.1 on; absent in Node 24). */
interface Ffi {
  readonly dlopen: (path: string, definitions: object) => { readonly functions: Readonly<Record<string, unknown>> };
}

/** `PROC_PIDUNIQIDENTIFIERINFO` and its answer: uuid[16], uniqueid, puniqueid, then the pid version (XNU, bsd/sys/proc_info.h). */
const FLAVOR = 17;
const INFO_BYTES = 56;
const PIDVERSION_OFFSET = 32;
const MAX_PATH = 4096;

/**
 * Finds a process of macOS by its pid: pidversion and path from the kernel, the pidversion read before and after the path, so
 * that both are of one image. Undefined where Node has no ffi. Unverified on a Mac.
 */
export function openMacProcesses(): ProcessLookup | undefined {
  const ffi = process.getBuiltinModule("node:ffi") as Ffi | undefined;
  if (ffi === undefined) return undefined;
  try {
    const { functions } = ffi.dlopen("/usr/lib/libSystem.B.dylib", {
      proc_pidinfo: { arguments: ["int32", "int32", "uint64", "buffer", "int32"], return: "int32" },
      proc_pidpath: { arguments: ["int32", "buffer", "uint32"], return: "int32" },
    });
    const pidInfo = functions["proc_pidinfo"] as (
      pid: number,
      flavor: number,
      argument: bigint,
      buffer: Buffer,
      size: number,
    ) => number;
    const pidPath = functions["proc_pidpath"] as (pid: number, buffer: Buffer, size: number) => number;
    const versionOf = (pid: number): number | undefined => {
      const buffer = Buffer.alloc(INFO_BYTES);
      return pidInfo(pid, FLAVOR, 0n, buffer, INFO_BYTES) === INFO_BYTES
        ? buffer.readUInt32LE(PIDVERSION_OFFSET)
        : undefined;
    };
    return (pid) => {
      const pidversion = versionOf(pid);
      const buffer = Buffer.alloc(MAX_PATH);
      const length = pidPath(pid, buffer, MAX_PATH);
      if (pidversion === undefined || versionOf(pid) !== pidversion) return Promise.resolve(undefined);
      const path = length > 0 ? buffer.toString("utf8", 0, length) : undefined;
      return Promise.resolve({ token: { pid, pidversion }, path });
    };
  } catch {
    return undefined;
  }
}
