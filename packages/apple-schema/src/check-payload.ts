import type { PlistDictionary } from "@pomona/plist";
import { checkKeys } from "./check-value.ts";
import { entryOf } from "./entries.ts";
import type { SchemaEntry, TableKind } from "./model.ts";
import { type Problem, Problems } from "./problems.ts";

/**
 * What is wrong with a command's keys (RequestType may be among them): types, required keys, allowed values, ranges, formats,
 * numbers of items, also below. An unknown key is a warning with the nearest known name, since it may be newer than the tables.
 * @param osVersion macOS that it is for, where known: keys that it does not have are a warning
 */
export function checkPayload(
  requestType: string,
  payload: PlistDictionary,
  osVersion: string | null = null,
): readonly Problem[] {
  const { RequestType: requestTypeKey = requestType, ...keys } = payload;
  const problems = checkEntry("command", requestType, keys, [], osVersion);
  return requestTypeKey === requestType
    ? problems
    : [{ path: "RequestType", message: `must be ${requestType}`, severity: "error" }, ...problems];
}

/** What is wrong with a payload of a profile, whose type it names itself: its own keys and those that every payload has. */
export function checkProfilePayload(payload: PlistDictionary, osVersion: string | null = null): readonly Problem[] {
  const type = payload["PayloadType"];
  if (typeof type !== "string") return [{ path: "PayloadType", message: "is required", severity: "error" }];
  const common = entryOf("profile", "CommonPayloadKeys")?.keys ?? [];
  return checkEntry("profile", type, payload, common, osVersion);
}

function checkEntry(
  kind: TableKind,
  name: string,
  payload: PlistDictionary,
  more: SchemaEntry["keys"],
  osVersion: string | null,
): readonly Problem[] {
  const entry = entryOf(kind, name);
  if (entry === undefined) return [{ path: "", message: "is not described by Apple's tables", severity: "warning" }];
  const problems = new Problems();
  checkKeys({ entry, name, osVersion, problems }, [...entry.keys, ...more], undefined, payload, "");
  return problems.list;
}
