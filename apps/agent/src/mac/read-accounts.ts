import { ACCOUNT_NAME, type AccountStatus } from "@pomona/agent-protocol";
import { readUsers } from "./read-users.ts";
import type { ToolBox } from "./run-tool.ts";
import { valueAfter } from "./text.ts";

/** More than a Mac of people has; a lab of network accounts is not asked one by one. */
const AT_MOST = 50;

/** `sysadminctl -secureTokenStatus NAME`, which answers on standard error. */
async function readSecureToken(tools: ToolBox, name: string): Promise<boolean | null> {
  const { stdout } = await tools.run("/usr/sbin/sysadminctl", ["-secureTokenStatus", name], { joinErrors: true });
  if (/Secure token is ENABLED/i.test(stdout)) return true;
  return /Secure token is DISABLED/i.test(stdout) ? false : null;
}

/** `diskutil apfs listUsers /`: cryptographic users by their UUID, and who of them owns the volume. */
async function readVolumeOwners(tools: ToolBox): Promise<ReadonlyMap<string, boolean> | undefined> {
  const { stdout } = await tools.run("/usr/sbin/diskutil", ["apfs", "listUsers", "/"]);
  const owners = new Map<string, boolean>();
  let uuid: string | undefined;
  for (const line of stdout.split("\n")) {
    const [, found] = /^\+-- ([0-9A-F-]{36})/.exec(line) ?? [];
    if (found !== undefined) uuid = found;
    const [, word] = /Volume Owner: (Yes|No)/.exec(line) ?? [];
    if (uuid !== undefined && word !== undefined) owners.set(uuid, word === "Yes");
  }
  return stdout === "" ? undefined : owners;
}

/** `dscl . -read /Users/NAME GeneratedUID`. */
async function readGuid(tools: ToolBox, name: string): Promise<string | undefined> {
  const { stdout } = await tools.run("/usr/bin/dscl", [".", "-read", `/Users/${name}`, "GeneratedUID"]);
  return valueAfter(stdout, "GeneratedUID")?.trim();
}

/** The accounts of people with what lets them in: secure token and ownership of the volume. Undefined when none were listed. */
export async function readAccounts(tools: ToolBox): Promise<readonly AccountStatus[] | undefined> {
  const [users, owners] = await Promise.all([readUsers(tools), readVolumeOwners(tools)]);
  if (users === undefined) return undefined;
  const isSafe = new RegExp(ACCOUNT_NAME, "i");
  return Promise.all(
    users.slice(0, AT_MOST).map(async ({ name, admin: isAdmin }) => {
      // A name that macOS took and an argument should not hold is listed, and nothing more is asked of it.
      if (!isSafe.test(name)) return { name, isAdmin, hasSecureToken: null, isVolumeOwner: null };
      const [hasSecureToken, guid] = await Promise.all([readSecureToken(tools, name), readGuid(tools, name)]);
      const isVolumeOwner = owners === undefined || guid === undefined ? null : (owners.get(guid) ?? false);
      return { name, isAdmin, hasSecureToken, isVolumeOwner };
    }),
  );
}
