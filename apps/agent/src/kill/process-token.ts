/** The eight words of an audit token: auid, euid, egid, ruid, rgid, pid, asid, pidversion (`mach/message.h`). */
export type AuditTokenWords = readonly [number, number, number, number, number, number, number, number];

/**
 * Which process is meant: a pid alone is never an identity, because it is used again.
 * - macOS: `pidversion` is the kernel's, raised at every fork and exec; `words` is the whole audit token.
 * - Linux: `pidversion` is the process's start time in clock ticks since boot (field 22 of `/proc/<pid>/stat`) modulo 2^32.
 *   It stays the same over an exec.
 */
export interface ProcessToken {
  readonly pid: number;
  readonly pidversion: number;
  readonly words?: AuditTokenWords;
}

/** The key of a token in tables. */
export function tokenKey(token: ProcessToken): string {
  return `${token.pid}.${token.pidversion}`;
}
