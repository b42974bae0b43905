import type { QueuedCommand } from "./command-queue.ts";

/** A queued command as the API shows it. */
export const toQueued = ({ notBefore, ...queued }: QueuedCommand) => ({
  ...queued,
  notBefore: notBefore === null ? null : new Date(notBefore).toISOString(),
});
