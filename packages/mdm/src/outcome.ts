/** Something that a Mac sent, read; or in a few words why it cannot be (the words are for the quarantine, not for the Mac). */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export const read = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const unreadable = (reason: string): { readonly ok: false; readonly reason: string } => ({ ok: false, reason });
