import type { Tone } from "./state-badge.tsx";

/** A short word about something that was done; it goes by itself, unless it says that something went wrong. */
export interface Toast {
  readonly id: number;
  readonly tone: Tone;
  readonly title: string;
  readonly text?: string;
  /** A place to go on. */
  readonly link?: { readonly to: string; readonly label: string };
}

const SHOWN_FOR_MS = 6000;
const MOST_AT_ONCE = 4;

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

const become = (next: readonly Toast[]): void => {
  toasts = next;
  for (const listener of listeners) listener();
};

export const dismissToast = (id: number): void => become(toasts.filter((each) => each.id !== id));

/** Shows a toast, and reads it out. */
export const toast = (content: Omit<Toast, "id">): void => {
  const id = nextId++;
  become([...toasts, { ...content, id }].slice(-MOST_AT_ONCE));
  if (content.tone !== "act") setTimeout(() => dismissToast(id), SHOWN_FOR_MS);
};

export const currentToasts = (): readonly Toast[] => toasts;

/** @returns the function that ends the subscription */
export const onToasts = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
