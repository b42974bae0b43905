import { closeSync, constants, fstatSync, openSync, readSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { AgentSettings } from "@pomona/agent-protocol";
import type { Log } from "../log.ts";
import { MAX_SETTINGS_BYTES, parseSettings } from "./parse-settings.ts";
import type { SettingsSource } from "./settings-source.ts";

/** How long a burst of changes may last before it is read. */
const SETTLE_MS = 20;
/** File events get lost (a folder that is made anew, a full queue): the file is looked at this often in any case. */
const LOOK_MS = 10_000;

/**
 * Settings from a managed preferences file. Only a regular file of root or of ourselves, that not everybody may write, is
 * believed: what a local user can write is no management. A file that does not parse leaves the settings as they were.
 */
export function readSettingsFile(file: string, log: Log, lookMs = LOOK_MS): SettingsSource {
  let current: AgentSettings | undefined;
  let seen = "";
  const refresh = (): boolean => {
    const found = readTrusted(file);
    const text = typeof found === "string" ? found : found.toString("latin1");
    if (text === seen) return false;
    seen = text;
    try {
      if (typeof found === "string") throw new Error(found);
      current = parseSettings(found);
      return true;
    } catch (error) {
      log.warn("settings.refused", { reason: error instanceof Error ? error.message : "unreadable" });
      return false;
    }
  };
  refresh();
  return {
    read: () => current,
    watch(changed) {
      let settle: NodeJS.Timeout | undefined;
      const look = () => {
        if (refresh()) changed();
      };
      const soon = () => {
        clearTimeout(settle);
        settle = setTimeout(look, SETTLE_MS);
      };
      const stopWatching = watchFolder(file, soon);
      const slow = setInterval(look, lookMs);
      look();
      return () => {
        stopWatching();
        clearTimeout(settle);
        clearInterval(slow);
      };
    },
  };
}

/** The folder and not the file is watched, because the file is replaced by another. */
function watchFolder(file: string, changed: () => void): () => void {
  const name = basename(file);
  try {
    const watcher = watch(dirname(file), (_event, which) => {
      if (which === null || which === name) changed();
    });
    watcher.on("error", () => watcher.close());
    return () => watcher.close();
  } catch {
    // The folder does not exist yet: the slow look finds the file.
    return () => {};
  }
}

/** @returns the bytes, or in words why there are none */
function readTrusted(file: string): Buffer | string {
  let handle: number;
  try {
    handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? "there is no settings file" : `the settings file cannot be opened (${code})`;
  }
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) return "the settings file is no plain file";
    if (stat.uid !== 0 && stat.uid !== process.geteuid?.()) return "the settings file belongs to somebody else";
    if ((stat.mode & 0o002) !== 0) return "everybody may write the settings file";
    const bytes = Buffer.alloc(MAX_SETTINGS_BYTES + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < bytes.length; length += read) {
      read = readSync(handle, bytes, length, bytes.length - length, length);
    }
    return length > MAX_SETTINGS_BYTES ? "the settings file is too large" : bytes.subarray(0, length);
  } finally {
    closeSync(handle);
  }
}
