import { randomUUID } from "node:crypto";
import { changePersonalKey } from "./file-vault.ts";
import type { MacModel, User } from "./mac-model.ts";
import { plainUser } from "./security-state.ts";

/** Who sets up a new Mac. */
export interface SetupPerson {
  readonly name: string;
  readonly fullName: string;
  readonly password: string;
  readonly turnsFileVaultOn?: boolean;
}

const FIRST_UID = 501;
export const nextUid = (mac: MacModel): number => Math.max(FIRST_UID - 1, ...mac.users.map(({ uid }) => uid)) + 1;

/** An account with nothing unusual about it. */
export const newUser = (mac: MacModel, account: Pick<User, "name" | "fullName"> & Partial<User>): User => ({
  ...plainUser(),
  uid: nextUid(mac),
  admin: true,
  hasSecureToken: false,
  guid: randomUUID().toUpperCase(),
  ...account,
});

/**
 * The account pane of Setup Assistant. The first account whose password was typed gets a secure token; one that came as a hash
 * gets none by being made. Throws while the Mac waits for DeviceConfigured, and where the pane is skipped.
 */
export function setUpPrimaryAccount(mac: MacModel, person: SetupPerson): void {
  if (mac.isAwaitingConfiguration) throw new Error("Setup Assistant waits for its MDM server");
  const setup = mac.accountSetup;
  if (setup?.skipsPrimary === true) throw new Error("Setup Assistant shows no account pane on this Mac");
  const { password } = person;
  mac.users.push(
    newUser(mac, {
      name: setup?.primaryUserName ?? person.name,
      fullName: setup?.primaryFullName ?? person.fullName,
      password,
      admin: setup?.primaryIsAdmin ?? true,
      hasSecureToken: !mac.users.some((user) => user.hasSecureToken),
    }),
  );
  mac.accountSetup = undefined;
  mac.fileVault = person.turnsFileVaultOn ?? false;
  if (mac.fileVault) changePersonalKey(mac);
}
