import { getData, getString } from "@pomona/plist";
import { acknowledged, formatError } from "../answer.ts";
import type { CommandHandler } from "../command-port.ts";

/** Apple: InstallProfile. */
export const installProfile: CommandHandler = async (mac, command) => {
  const payload = getData(command, "Payload");
  if (payload === undefined) return formatError("Payload is missing.");
  const afterwards = await mac.installProfile(payload);
  return afterwards === undefined ? acknowledged() : { status: "Acknowledged", afterwards };
};

/** Apple: RemoveProfile. */
export const removeProfile: CommandHandler = async (mac, command) => {
  const identifier = getString(command, "Identifier");
  if (identifier === undefined) return formatError("Identifier is missing.");
  await mac.removeProfile(identifier);
  return acknowledged();
};
