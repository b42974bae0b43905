import { getArray, getBoolean, getData, getString, isDictionary, type PlistDictionary } from "@pomona/plist";
import { readPasswordHash } from "../../model/passwords.ts";
import { newUser } from "../../model/setup-assistant.ts";
import { acknowledged, formatError, refused } from "../answer.ts";
import type { CommandHandler } from "../command-port.ts";

/** Apple: UserList. */
export const userList: CommandHandler = ({ model }) =>
  acknowledged({
    Users: model.users.map((user) => ({
      UserName: user.name,
      FullName: user.fullName,
      UID: user.uid,
      UserGUID: user.guid,
      IsLoggedIn: user.name === model.consoleUser,
      MobileAccount: user.isMobileAccount,
      HasSecureToken: user.hasSecureToken,
    })),
  });

/** Apple: DeleteUser. macOS keeps whoever is logged in, and the last who could open the disk. */
export const deleteUser: CommandHandler = ({ model }, command) => {
  const name = getString(command, "UserName");
  if (name === undefined) return formatError("UserName is missing.");
  const user = model.users.find((candidate) => candidate.name === name);
  if (user === undefined) return noSuchUser(name);
  if (user.name === model.consoleUser) return refused(12_045, "MCMDMErrorDomain", `The user “${name}” is logged in.`);
  if (user.hasSecureToken && model.users.filter((other) => other.hasSecureToken).length === 1)
    return refused(12_046, "MCMDMErrorDomain", `“${name}” is the only user with a secure token.`);
  model.users = model.users.filter((other) => other !== user);
  return acknowledged();
};

/** Apple: UnlockUserAccount. */
export const unlockUserAccount: CommandHandler = ({ model }, command) => {
  const name = getString(command, "UserName");
  if (name === undefined) return formatError("UserName is missing.");
  const user = model.users.find((candidate) => candidate.name === name);
  if (user === undefined) return noSuchUser(name);
  user.isLocked = false;
  return acknowledged();
};

/** Apple: AccountConfiguration. The administrator is there at once, with no secure token: its password was never typed. */
export const accountConfiguration: CommandHandler = ({ model }, command) => {
  const skipsPrimary = getBoolean(command, "SkipPrimarySetupAccountCreation") ?? false;
  const primaryIsAdmin = getBoolean(command, "SetPrimarySetupAccountAsRegularUser") !== true;
  const accounts = getArray(command, "AutoSetupAdminAccounts") ?? [];
  const [account] = accounts.filter(isDictionary);
  if (account === undefined && (skipsPrimary || !primaryIsAdmin))
    return formatError("AutoSetupAdminAccounts is needed.");
  if (account !== undefined && readHash(account) === undefined) return formatError("passwordHash cannot be used.");
  const filledIn = getBoolean(command, "DontAutoPopulatePrimaryAccountInfo") !== true;
  model.accountSetup = {
    skipsPrimary,
    primaryIsAdmin,
    primaryFullName: filledIn ? getString(command, "PrimaryAccountFullName") : undefined,
    primaryUserName: filledIn ? getString(command, "PrimaryAccountUserName") : undefined,
  };
  model.users = model.users.filter((user) => !user.isAutoAdmin);
  const hash = account === undefined ? undefined : readHash(account);
  if (account === undefined || hash === undefined) return acknowledged();
  const name = getString(account, "shortName");
  if (name === undefined) return formatError("shortName is missing.");
  model.users.push(
    newUser(model, {
      name,
      fullName: getString(account, "fullName") ?? name,
      passwordHash: Buffer.from(hash).toString("base64"),
      isHidden: getBoolean(account, "hidden") ?? false,
      isAutoAdmin: true,
    }),
  );
  return acknowledged();
};

/** Apple: SetAutoAdminPassword. */
export const setAutoAdminPassword: CommandHandler = ({ model }, command) => {
  const guid = getString(command, "GUID");
  const hash = readHash(command);
  if (guid === undefined || hash === undefined)
    return formatError("GUID or passwordHash is missing or cannot be used.");
  const user = model.users.find((candidate) => candidate.isAutoAdmin && candidate.guid === guid.toUpperCase());
  if (user === undefined) return refused(12_047, "MCMDMErrorDomain", "MDM created no administrator with this GUID.");
  user.passwordHash = Buffer.from(hash).toString("base64");
  user.password = undefined;
  return acknowledged();
};

/** Apple: DeviceConfigured. The Mac says afterwards that it waits no more. */
export const deviceConfigured: CommandHandler = (mac) => {
  mac.model.isAwaitingConfiguration = false;
  return { status: "Acknowledged", afterwards: () => mac.updateToken() };
};

function readHash(dictionary: PlistDictionary): Uint8Array | undefined {
  const bytes = getData(dictionary, "passwordHash");
  return bytes !== undefined && readPasswordHash(bytes) !== undefined ? bytes : undefined;
}

const noSuchUser = (name: string) => refused(12_043, "MCMDMErrorDomain", `There is no user “${name}”.`);
