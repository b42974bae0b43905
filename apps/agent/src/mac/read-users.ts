import type { MacFacts } from "./mac-tools.ts";
import type { ToolBox } from "./run-tool.ts";
import { valueAfter } from "./text.ts";

type Users = NonNullable<MacFacts["users"]>;

/** People's accounts begin here; below are the system's. */
const FIRST_UID = 500;

/** `dscl . -list /Users UniqueID`: the accounts of people, their full names left empty. Undefined when it printed none. */
async function listUids(tools: ToolBox): Promise<ReadonlyMap<string, number> | undefined> {
  const { stdout } = await tools.run("/usr/bin/dscl", [".", "-list", "/Users", "UniqueID"]);
  const uids = new Map<string, number>();
  for (const [name, value] of columns(stdout)) {
    const uid = Number(value);
    if (Number.isSafeInteger(uid) && uid >= FIRST_UID && !name.startsWith("_")) uids.set(name, uid);
  }
  return stdout === "" ? undefined : uids;
}

/** `dscl . -list /Users RealName`. */
async function listFullNames(tools: ToolBox): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await tools.run("/usr/bin/dscl", [".", "-list", "/Users", "RealName"]);
  return new Map(columns(stdout));
}

/** `dscl . -read /Groups/admin GroupMembership`. */
async function listAdmins(tools: ToolBox): Promise<ReadonlySet<string>> {
  const { stdout } = await tools.run("/usr/bin/dscl", [".", "-read", "/Groups/admin", "GroupMembership"]);
  return new Set((valueAfter(stdout, "GroupMembership") ?? "").split(/\s+/));
}

/** The people who have an account on this Mac. */
export async function readUsers(tools: ToolBox): Promise<Users | undefined> {
  const [uids, names, admins] = await Promise.all([listUids(tools), listFullNames(tools), listAdmins(tools)]);
  if (uids === undefined) return undefined;
  return [...uids]
    .map(([name, uid]) => ({
      name: name.slice(0, 256),
      fullName: (names.get(name) ?? "").slice(0, 256),
      uid,
      admin: admins.has(name),
    }))
    .sort((a, b) => a.uid - b.uid)
    .slice(0, 200);
}

/** Lines of a name, spaces, and a value that may have spaces of its own. */
function columns(output: string): (readonly [string, string])[] {
  return output.split("\n").flatMap((line) => {
    const [, name, value] = /^(\S+)\s+(\S.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value.trim()] as const];
  });
}
