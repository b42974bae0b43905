import { useEffect, useRef } from "react";

/** A key or a sequence (`g d`), what it does, and where it stands on the map. */
export interface Shortcut {
  readonly keys: string;
  readonly does: string;
  readonly group: string;
}

interface Bound extends Shortcut {
  readonly run: () => void;
}

const bound = new Set<Bound>();
const SEQUENCE_MS = 1200;
let started: { key: string; at: number } | null = null;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) || target.role === "combobox");

/** What the keys mean here and now, for the map. */
export const currentShortcuts = (): readonly Shortcut[] => [...bound];

const press = (event: KeyboardEvent): void => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) && event.key !== "Escape") return;
  if (document.querySelector("[aria-modal='true']") !== null) return;
  const sequence =
    started !== null && event.timeStamp - started.at < SEQUENCE_MS ? `${started.key} ${event.key}` : null;
  const all = [...bound].reverse();
  const hit = all.find((each) => each.keys === sequence) ?? all.find((each) => each.keys === event.key);
  started = all.some((each) => each.keys.startsWith(`${event.key} `)) ? { key: event.key, at: event.timeStamp } : null;
  if (hit === undefined) return;
  // Enter and the space bar belong to the button or link that has the focus.
  if (event.key === "Enter" && event.target instanceof HTMLElement && event.target.closest("a, button") !== null)
    return;
  event.preventDefault();
  hit.run();
};

/** Binds a key while the component is mounted; the newest binding of a key wins. */
export const useShortcut = (keys: string, does: string, group: string, run: () => void): void => {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const entry: Bound = { keys, does, group, run: () => latest.current() };
    if (bound.size === 0) window.addEventListener("keydown", press);
    bound.add(entry);
    return () => {
      bound.delete(entry);
      if (bound.size === 0) window.removeEventListener("keydown", press);
    };
  }, [keys, does, group]);
};
