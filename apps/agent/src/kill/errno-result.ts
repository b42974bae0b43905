import { constants } from "node:os";
import type { KillResult } from "./killer.ts";

/** What an errno of a signal call means; 0 is success. */
export function resultOfErrno(errno: number): KillResult {
  if (errno === 0) return { outcome: "killed" };
  if (errno === constants.errno.ESRCH) return { outcome: "notFound", errno };
  if (errno === constants.errno.EPERM) return { outcome: "notPermitted", errno };
  return { outcome: "failed", errno };
}
