/** What happened on a virtual Mac, for those who watch it. */
export type JournalKind =
  | "enrolled"
  | "unenrolled"
  | "renewed"
  | "command"
  | "profile-installed"
  | "profile-removed"
  | "package-installed"
  | "package-failed"
  | "agent-started"
  | "agent-ended"
  | "booted"
  | "power-lost"
  | "erased"
  | "dialog"
  | "bootstrap-token-escrowed"
  | "failed";

export interface JournalEntry {
  readonly at: number;
  readonly kind: JournalKind;
  readonly detail: string;
}

const KEPT = 500;

/** The last few hundred entries, and a way to wait for one. */
export interface Journal {
  readonly entries: readonly JournalEntry[];
  write(kind: JournalKind, detail?: string): void;
  /** The first entry, past or to come, that fits. Rejects after `timeoutMs` (default 30 s). */
  find(kind: JournalKind, fits?: (detail: string) => boolean, timeoutMs?: number): Promise<JournalEntry>;
}

export function createJournal(onEntry?: (entry: JournalEntry) => void): Journal {
  const entries: JournalEntry[] = [];
  const watchers = new Set<(entry: JournalEntry) => void>();
  return {
    entries,
    write: (kind, detail = "") => {
      const entry = { at: Date.now(), kind, detail };
      entries.push(entry);
      if (entries.length > KEPT) entries.shift();
      onEntry?.(entry);
      for (const watcher of watchers) watcher(entry);
    },
    find: (kind, fits = () => true, timeoutMs = 30_000) => {
      const found = entries.find((entry) => entry.kind === kind && fits(entry.detail));
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          watchers.delete(watch);
          reject(
            new Error(
              `nothing like “${kind}” within ${timeoutMs} ms; the journal ends with ${JSON.stringify(entries.slice(-5))}`,
            ),
          );
        }, timeoutMs);
        const watch = (entry: JournalEntry): void => {
          if (entry.kind !== kind || !fits(entry.detail)) return;
          clearTimeout(timer);
          watchers.delete(watch);
          resolve(entry);
        };
        watchers.add(watch);
      });
    },
  };
}
