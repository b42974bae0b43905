import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EnrollmentState } from "../mdm/enrollment-state.ts";
import type { MacModel, User } from "../model/mac-model.ts";
import { makeSecurityState, plainUser } from "../model/security-state.ts";

/** What a virtual Mac keeps of itself between starts. */
export interface KeptState {
  model: MacModel;
  enrollment: EnrollmentState | undefined;
  /** Preference domains by the profile that brought them. */
  preferences: Record<string, string[]>;
}

const FILE = "state.json";

/** Undefined for a Mac that was never there. */
export async function readKeptState(folder: string): Promise<KeptState | undefined> {
  try {
    return complete(JSON.parse(await readFile(join(folder, FILE), "utf8")) as KeptState);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** A Mac that an older version kept lacks what this one models. */
function complete(kept: KeptState): KeptState {
  const { model } = kept;
  return {
    ...kept,
    model: {
      ...makeSecurityState(model.udid),
      ...model,
      users: model.users.map((user) =>
        "isLocked" in user
          ? user
          : { ...(user as User), ...plainUser(), password: `${(user as User).name} has a password` },
      ),
    },
  };
}

/** Writes one state after the other; while one is being written, only the newest of those that come is written next. */
export function stateKeeper(folder: string): (state: KeptState) => Promise<void> {
  let writing: Promise<void> | undefined;
  let next: string | undefined;
  const write = async (): Promise<void> => {
    while (next !== undefined) {
      const text = next;
      next = undefined;
      await mkdir(folder, { recursive: true });
      // The key of the MDM identity is in it.
      await writeFile(join(folder, `${FILE}.next`), text, { mode: 0o600 });
      await rename(join(folder, `${FILE}.next`), join(folder, FILE));
    }
  };
  return (state) => {
    next = JSON.stringify(state);
    writing ??= write().finally(() => {
      writing = undefined;
    });
    return writing;
  };
}
