import { decodeBase64 } from "@pomona/plist";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { closed } from "./parts/fields.ts";
import { onlyWhileAwaiting } from "./parts/on-enrollment.ts";
import { passwordHashField, passwordHashProblem } from "./parts/password-hash.ts";

const name = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 255, description }));
const flag = (description: string) => Type.Optional(Type.Boolean({ description }));

/** What Setup Assistant does about accounts; only while it waits. Apple takes one administrator and ignores further ones. */
export const accountConfiguration = defineCommand({
  requestType: "AccountConfiguration",
  summary: "Decide which accounts Setup Assistant makes",
  risk: "rootEquivalent",
  input: closed({
    administrator: Type.Optional(
      closed({
        shortName: Type.String({ minLength: 1, maxLength: 255 }),
        fullName: name("the short name when missing"),
        passwordHash: passwordHashField,
        isHidden: flag("not shown at the login window"),
      }),
    ),
    skipPrimaryAccount: flag("nobody makes an account; needs an administrator"),
    primaryIsStandardUser: flag("the first account is no administrator; needs an administrator"),
    primaryFullName: name("filled in"),
    primaryUserName: name("filled in"),
    lockPrimaryInfo: flag("what was filled in cannot be changed"),
    dontFillInPrimary: flag("ask for name and account although they are known"),
    managedUserShortName: name("whose user channel is managed (macOS 11)"),
  }),
  sealed: ["administrator"],
  fault: ({ administrator, skipPrimaryAccount, primaryIsStandardUser, lockPrimaryInfo, ...primary }) => {
    if (administrator !== undefined) return passwordHashProblem(administrator.passwordHash);
    // Else the Mac would have nobody who may do anything.
    if (skipPrimaryAccount === true || primaryIsStandardUser === true)
      return "without administrator nobody could administer it";
    if (lockPrimaryInfo !== true) return undefined;
    const isFilledIn = primary.primaryFullName !== undefined || primary.primaryUserName !== undefined;
    return isFilledIn && primary.dontFillInPrimary !== true
      ? undefined
      : "lockPrimaryInfo needs a name that is filled in";
  },
  payload: (input) => ({
    SkipPrimarySetupAccountCreation: input.skipPrimaryAccount ?? false,
    SetPrimarySetupAccountAsRegularUser: input.primaryIsStandardUser ?? false,
    ...(input.primaryFullName === undefined ? {} : { PrimaryAccountFullName: input.primaryFullName }),
    ...(input.primaryUserName === undefined ? {} : { PrimaryAccountUserName: input.primaryUserName }),
    ...(input.lockPrimaryInfo === undefined ? {} : { LockPrimaryAccountInfo: input.lockPrimaryInfo }),
    ...(input.dontFillInPrimary === undefined ? {} : { DontAutoPopulatePrimaryAccountInfo: input.dontFillInPrimary }),
    ...(input.managedUserShortName === undefined ? {} : { ManagedLocalUserShortName: input.managedUserShortName }),
    ...(input.administrator === undefined
      ? {}
      : {
          AutoSetupAdminAccounts: [
            {
              shortName: input.administrator.shortName,
              fullName: input.administrator.fullName ?? input.administrator.shortName,
              passwordHash: decodeBase64(input.administrator.passwordHash),
              hidden: input.administrator.isHidden ?? false,
            },
          ],
        }),
  }),
  objection: onlyWhileAwaiting,
});
