import { buildXmlPlist, type PlistDictionary } from "@pomona/plist";

/** A command as the Mac gets it: `{CommandUUID, Command: {RequestType, ...}}` in XML. */
export function buildCommand(commandUuid: string, requestType: string, payload: PlistDictionary): Uint8Array {
  return buildXmlPlist({ CommandUUID: commandUuid, Command: { ...payload, RequestType: requestType } });
}
