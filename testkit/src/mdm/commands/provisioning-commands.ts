import { getData, getDate, getString, isDictionary, PlistError, parsePlist } from "@pomona/plist";
import { acknowledged, formatError, refused } from "../answer.ts";
import type { CommandHandler } from "../command-port.ts";

/** Apple: ProvisioningProfileList. */
export const provisioningProfileList: CommandHandler = ({ model }) =>
  acknowledged({
    ProvisioningProfileList: model.provisioningProfiles.map(({ name, uuid, expiresAt }) => ({
      Name: name,
      UUID: uuid,
      ExpiryDate: new Date(expiresAt),
    })),
  });

/** Apple: InstallProvisioningProfile. Its signature is Apple's and not modelled: the bytes are the property list inside. */
export const installProvisioningProfile: CommandHandler = ({ model }, command) => {
  const bytes = getData(command, "ProvisioningProfile");
  if (bytes === undefined) return formatError("ProvisioningProfile is missing.");
  const profile = read(bytes);
  if (profile === undefined)
    return refused(25_000, "MCProvisioningErrorDomain", "The provisioning profile is not valid.");
  model.provisioningProfiles = [...model.provisioningProfiles.filter(({ uuid }) => uuid !== profile.uuid), profile];
  return acknowledged();
};

/** Apple: RemoveProvisioningProfile. */
export const removeProvisioningProfile: CommandHandler = ({ model }, command) => {
  const wanted = getString(command, "UUID");
  if (wanted === undefined) return formatError("UUID is missing.");
  if (!model.provisioningProfiles.some(({ uuid }) => uuid === wanted))
    return refused(25_001, "MCProvisioningErrorDomain", "The provisioning profile is not installed.");
  model.provisioningProfiles = model.provisioningProfiles.filter(({ uuid }) => uuid !== wanted);
  return acknowledged();
};

function read(bytes: Uint8Array): { name: string; uuid: string; expiresAt: number } | undefined {
  try {
    const plist = parsePlist(bytes);
    if (!isDictionary(plist)) return undefined;
    const name = getString(plist, "Name");
    const uuid = getString(plist, "UUID");
    const expiresAt = getDate(plist, "ExpirationDate")?.getTime();
    return name === undefined || uuid === undefined || expiresAt === undefined ? undefined : { name, uuid, expiresAt };
  } catch (error) {
    if (error instanceof PlistError) return undefined;
    throw error;
  }
}
