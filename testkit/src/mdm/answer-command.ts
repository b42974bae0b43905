import { getDictionary, getString, isDictionary, type PlistDictionary, type PlistValue } from "@pomona/plist";
import { errorChain, Refused } from "../profiles/profile-refused.ts";
import type { CommandAnswer } from "./answer.ts";
import type { CommandPort } from "./command-port.ts";
import { commands } from "./commands/catalog.ts";
import { requirementMissed, unknownRequestType } from "./commands/requirements.ts";

/** A command as it came (Apple: MDM command envelope). */
export interface ReceivedCommand {
  readonly uuid: string;
  readonly requestType: string;
  readonly keys: PlistDictionary;
}

/** Reads the envelope; undefined for one that macOS would drop. */
export function readCommand(plist: PlistValue): ReceivedCommand | undefined {
  if (!isDictionary(plist)) return undefined;
  const keys = getDictionary(plist, "Command");
  const uuid = getString(plist, "CommandUUID");
  const requestType = keys === undefined ? undefined : getString(keys, "RequestType");
  return keys === undefined || uuid === undefined || requestType === undefined
    ? undefined
    : { uuid, requestType, keys };
}

/** What the channel of a user takes. Profiles that come by it are in one list with the device's here. */
const ON_USER_CHANNEL: ReadonlySet<string> = new Set([
  "CertificateList",
  "InstallProfile",
  "ProfileList",
  "RemoveProfile",
]);

/** Does what the command asks. A request type that this Mac does not know is Error 12021, as on macOS. */
export async function answerCommand(
  mac: CommandPort,
  command: ReceivedCommand,
  channel: "device" | "user" = "device",
): Promise<CommandAnswer> {
  const handler = Object.hasOwn(commands, command.requestType) ? commands[command.requestType] : undefined;
  if (handler === undefined || (channel === "user" && !ON_USER_CHANNEL.has(command.requestType)))
    return unknownRequestType(command.requestType);
  const missed = requirementMissed(mac.model, command.requestType);
  if (missed !== undefined) return missed;
  try {
    return await handler(mac, command.keys);
  } catch (error) {
    if (error instanceof Refused) return { status: "Error", chain: error.chain };
    throw error;
  }
}

/** The result as it is sent. @param who the identifiers of the channel */
export function report(who: PlistDictionary, command: ReceivedCommand, answer: CommandAnswer): PlistDictionary {
  const envelope = { Status: answer.status, ...who, CommandUUID: command.uuid };
  switch (answer.status) {
    case "Acknowledged":
      return { ...envelope, ...answer.response };
    case "Error":
      return { ...envelope, ErrorChain: errorChain(answer.chain) };
    case "CommandFormatError":
      return answer.chain === undefined ? envelope : { ...envelope, ErrorChain: errorChain(answer.chain) };
    case "NotNow":
      return envelope;
  }
}
