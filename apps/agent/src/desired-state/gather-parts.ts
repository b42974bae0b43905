import type { DesiredMessage, WireRule } from "@pomona/agent-protocol";

/** Rules that one Mac holds at most; a larger set is refused whole. */
export const MAX_RULES = 50_000;

/** A desired state in one piece. */
export interface DesiredSet {
  readonly token: string;
  readonly rules: readonly WireRule[];
  readonly settings: DesiredMessage["settings"];
}

/** Puts the parts of a desired state together, in whatever order and however often each arrives. */
export interface PartsGatherer {
  /** @returns the whole when this part completed it; "tooLarge" when it will never be taken */
  add(part: DesiredMessage): DesiredSet | "tooLarge" | undefined;
}

export function gatherParts(): PartsGatherer {
  let token: string | undefined;
  let parts = 0;
  let count = 0;
  let held = new Map<number, DesiredMessage>();
  return {
    add(message) {
      if (message.part > message.parts) return undefined;
      if (message.token !== token || message.parts !== parts) {
        token = message.token;
        parts = message.parts;
        held = new Map();
        count = 0;
      }
      if (!held.has(message.part)) {
        held.set(message.part, message);
        count += message.rules.length;
      }
      if (count > MAX_RULES) {
        token = undefined;
        held = new Map();
        return "tooLarge";
      }
      if (held.size < parts) return undefined;
      const rules = [...held.entries()].sort(([a], [b]) => a - b).flatMap(([, part]) => part.rules);
      token = undefined;
      held = new Map();
      return { token: message.token, rules, settings: message.settings };
    },
  };
}
