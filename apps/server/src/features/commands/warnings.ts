import { checkPayload, commandFacts } from "@pomona/apple-schema";
import type { OutputOf, sendCommand } from "@pomona/contract";
import type { PlistDictionary } from "@pomona/plist";

export type Warnings = OutputOf<typeof sendCommand>["warnings"];

/** What Apple's tables say against a command that goes out all the same. */
export function warningsOf(requestType: string, payload: PlistDictionary): Warnings {
  if (commandFacts(requestType) === undefined)
    return [{ path: "", message: "Apple's tables do not know this command" }];
  return checkPayload(requestType, payload).map(({ path, message }) => ({ path, message }));
}
