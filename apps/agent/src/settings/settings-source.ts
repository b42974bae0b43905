import type { AgentSettings } from "@pomona/agent-protocol";

/** Where the agent's settings come from: the managed preferences file, or a value held by a test or a simulation. */
export interface SettingsSource {
  /** The settings that are in force, or undefined while there are none that are valid. */
  read(): AgentSettings | undefined;
  /** Calls back after every change of what `read` answers. @returns how to stop watching */
  watch(changed: () => void): () => void;
}

/** Settings held in memory: `set` changes them as the arrival of a new settings profile would. */
export interface HeldSettings extends SettingsSource {
  set(settings: AgentSettings | undefined): void;
}

export function holdSettings(initial?: AgentSettings): HeldSettings {
  let current = initial;
  const watchers = new Set<() => void>();
  return {
    read: () => current,
    watch(changed) {
      watchers.add(changed);
      return () => void watchers.delete(changed);
    },
    set(settings) {
      current = settings;
      for (const changed of watchers) changed();
    },
  };
}
