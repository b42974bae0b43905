import type { MacTools } from "../mac/mac-tools.ts";

/** Accounts that are remembered; a Mac has a few. */
const MOST = 256;

/** Names of accounts by their ids, asked for once each. */
export interface UserNames {
  /** What is known already. */
  recall(uid: number): string | undefined;
  /** The id itself, as text, where macOS has no name for it; that is asked again the next time. */
  find(uid: number): Promise<string>;
}

export function createUserNames(mac: Pick<MacTools, "userName">): UserNames {
  const names = new Map<number, string>();
  const asked = new Map<number, Promise<string>>();
  const ask = async (uid: number): Promise<string> => {
    try {
      const name = await mac.userName(uid);
      if (names.size >= MOST) names.clear();
      if (name !== undefined) names.set(uid, name);
      return name ?? String(uid);
    } catch {
      return String(uid);
    } finally {
      asked.delete(uid);
    }
  };
  return {
    recall: (uid) => names.get(uid),
    find(uid) {
      const answer = asked.get(uid) ?? ask(uid);
      if (!names.has(uid)) asked.set(uid, answer);
      return answer;
    },
  };
}
