import { randomUUID } from "node:crypto";
import type { MacModel, User } from "../../model/mac-model.ts";
import { plainUser } from "../../model/security-state.ts";
import { printing, type Tool } from "../tool.ts";

/** What a tool of the Mac needs to know to make an account. */
export interface NewAccount {
  readonly name: string;
  readonly fullName: string;
  readonly isAdmin: boolean;
  readonly password: string;
}

/** A local account as macOS makes it for root: no secure token until its first login, unless it is the first of all. */
export function addAccount(model: MacModel, { name, fullName, isAdmin, password }: NewAccount): User | undefined {
  if (model.users.some((user) => user.name === name)) return undefined;
  const user: User = {
    ...plainUser(),
    name,
    fullName,
    uid: Math.max(500, ...model.users.map(({ uid }) => uid)) + 1,
    admin: isAdmin,
    hasSecureToken: !model.users.some((other) => other.hasSecureToken),
    guid: randomUUID().toUpperCase(),
    password,
  };
  model.users.push(user);
  return user;
}

/** `sysadminctl -secureTokenStatus NAME`, and `-addUser NAME -fullName FULL [-admin] -password -`, which reads the password. */
export const sysadminctl: Tool = async (run, { model, modelChanged }) => {
  const { argv } = run;
  const valueOf = (flag: string): string | undefined =>
    argv.includes(flag) ? argv[argv.indexOf(flag) + 1] : undefined;
  const asked = valueOf("-secureTokenStatus");
  if (asked !== undefined) {
    const user = model.users.find(({ name }) => name === asked);
    if (user === undefined) run.stderr(`sysadminctl[1]: No such user ${asked}\n`);
    else
      run.stderr(
        `sysadminctl[1]: Secure token is ${user.hasSecureToken ? "ENABLED" : "DISABLED"} for user ${user.fullName}\n`,
      );
    return 0;
  }
  const name = valueOf("-addUser");
  const given = valueOf("-password");
  if (name === undefined || given === undefined) return 64;
  const password = given === "-" ? run.stdin().replace(/\n$/, "") : given;
  const added = addAccount(model, {
    name,
    fullName: valueOf("-fullName") ?? name,
    isAdmin: argv.includes("-admin"),
    password,
  });
  run.stderr(
    added === undefined ? `sysadminctl[1]: User ${name} already exists\n` : `sysadminctl[1]: Creating user record…\n`,
  );
  await modelChanged();
  return 0;
};

/** `diskutil apfs listUsers /`: whoever has a secure token is a cryptographic user and owns the volume. */
export const diskutil: Tool = printing((model, argv) => {
  if (argv.join(" ") !== "apfs listUsers /") return undefined;
  const owners = model.users.filter((user) => user.hasSecureToken);
  const lines = owners.map(
    ({ guid }) => `|\n+-- ${guid}\n    Type: Local Open Directory User\n    Volume Owner: Yes\n`,
  );
  return `Cryptographic users for disk3s1s1 (${owners.length} found)\n${lines.join("")}`;
});
