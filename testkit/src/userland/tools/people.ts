import type { MacModel } from "../../model/mac-model.ts";
import { printing, type Tool } from "../tool.ts";

const serviceAccounts: readonly (readonly [string, string, number])[] = [
  ["_spotlight", "Spotlight", 89],
  ["_www", "World Wide Web Server", 70],
  ["daemon", "System Services", 1],
  ["nobody", "Unprivileged User", -2],
  ["root", "System Administrator", 0],
];

/** `dscl . -list /Users UniqueID | RealName` `dscl . -read /Groups/admin GroupMembership`, `dscl . -read /Users/NAME GeneratedUID`. */
export const dscl: Tool = printing((model, argv) => {
  const [node, verb, path, key] = argv;
  if (node !== "." && node !== "/Local/Default") return undefined;
  const command = verb?.replace(/^-/, "");
  if (command === "list" && path === "/Users") return listUsers(model, key);
  if (command === "read" && path === "/Groups/admin" && key === "GroupMembership") {
    const admins = model.users.filter((user) => user.admin).map((user) => user.name);
    return `GroupMembership: ${["root", ...admins].join(" ")}\n`;
  }
  if (command === "read" && key === "GeneratedUID") {
    const user = model.users.find(({ name }) => path === `/Users/${name}`);
    return user === undefined ? undefined : `GeneratedUID: ${user.guid}\n`;
  }
  return undefined;
}, "<main> attribute status: eDSRecordNotFound");

function listUsers(model: MacModel, key: string | undefined): string | undefined {
  const rows: (readonly [string, string, number])[] = [
    ...serviceAccounts,
    ...model.users.map((user) => [user.name, user.fullName, user.uid] as const),
  ];
  const sorted = rows.toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (key === undefined) return sorted.map(([name]) => `${name}\n`).join("");
  if (key !== "UniqueID" && key !== "RealName") return undefined;
  return sorted.map(([name, fullName, uid]) => `${name.padEnd(24)}${key === "UniqueID" ? uid : fullName}\n`).join("");
}

/** `stat -f %u /dev/console`: whose the console is; 0 at the login window. */
export const stat: Tool = printing((model, argv) => {
  if (argv[0] !== "-f" || argv[1] !== "%u" || argv[2] !== "/dev/console") return undefined;
  return `${model.users.find((user) => user.name === model.consoleUser)?.uid ?? 0}\n`;
}, "stat: this Mac models only /dev/console");

/** `id -u NAME` and `id -un UID`. */
export const id: Tool = printing((model, argv) => {
  if (argv[0] === "-un") {
    const named = model.users.find(({ uid }) => String(uid) === argv[1])?.name;
    const served = serviceAccounts.find(([, , uid]) => String(uid) === argv[1])?.[0];
    return named === undefined && served === undefined ? undefined : `${named ?? served}\n`;
  }
  const user = model.users.find((candidate) => candidate.name === argv[1]);
  return argv[0] === "-u" && user !== undefined ? `${user.uid}\n` : undefined;
}, "id: no such user");
