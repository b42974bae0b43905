/** What a spool may hold, in bytes of message bodies. */
export const DEFAULT_SPOOL_BYTES = 20 * 1024 * 1024;

/** What a message costs in the spool beside its body: its row and its index. */
export const MESSAGE_OVERHEAD = 128;
