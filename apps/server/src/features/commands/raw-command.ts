import { createHash } from "node:crypto";
import { buildCommand } from "@pomona/mdm";
import { getDictionary, getString, type PlistDictionary, PlistError, parsePlist } from "@pomona/plist";
import { Type } from "typebox";
import { PomonaError } from "../../kernel/errors.ts";
import { type AnyCommandDefinition, defineCommand } from "./define-command.ts";

/** Largest property list that is taken, in bytes. */
const MAX_BYTES = 1_048_576;
/** As long as a request type of the typed commands may be. */
const MAX_NAME = 100;

/** A command as a person wrote it. */
export interface RawCommand {
  readonly requestType: string;
  /** From the property list, when it brings one. */
  readonly commandUuid: string | undefined;
  /** All keys of the command but RequestType. */
  readonly payload: PlistDictionary;
}

/**
 * Reads base64 of a property list, which is the command's dictionary, or `{Command, CommandUUID}` as a Mac gets it.
 * @throws PomonaError `command.invalid-plist`; it says where, and quotes nothing
 */
export function readRawCommand(plist: string): RawCommand {
  const bytes = Buffer.from(plist, "base64");
  if (bytes.toString("base64") !== plist.replaceAll(/\s/g, "")) throw invalid("It is not base64.");
  if (bytes.length > MAX_BYTES) throw invalid("It is larger than 1 MB.");
  const outer = dictionaryOf(bytes);
  const command = getDictionary(outer, "Command") ?? outer;
  const requestType = getString(command, "RequestType");
  if (requestType === undefined || !/^[A-Za-z][A-Za-z0-9]*$/.test(requestType) || requestType.length > MAX_NAME) {
    throw invalid("The command's dictionary needs a RequestType of letters and digits.");
  }
  const { RequestType: _, ...payload } = command;
  const commandUuid = getString(outer, "CommandUUID");
  if (commandUuid !== undefined && !/^[A-Za-z0-9-]{1,100}$/.test(commandUuid)) {
    throw invalid("The CommandUUID may have letters, digits and hyphens, and at most 100 of them.");
  }
  return { requestType, commandUuid, payload };
}

function dictionaryOf(bytes: Uint8Array): PlistDictionary {
  try {
    const value = parsePlist(bytes);
    // What cannot be written again (a UID of an archive) cannot be sent.
    buildCommand("", "", value as PlistDictionary);
    return value as PlistDictionary;
  } catch (error) {
    if (error instanceof PlistError) throw invalid(`It is no property list that can be sent: ${error.message}.`);
    throw error;
  }
}

const invalid = (why: string): PomonaError =>
  new PomonaError("invalid", "command.invalid-plist", `The property list is not taken. ${why}`);

/** What the audit log keeps of a raw command: never its keys, which may be secrets. */
export function auditedOfRaw(plist: string): Readonly<Record<string, unknown>> {
  const sha256 = sha256OfRaw(plist);
  try {
    return { raw: true, requestType: readRawCommand(plist).requestType, sha256 };
  } catch {
    return { raw: true, sha256 };
  }
}

export const sha256OfRaw = (plist: string): string =>
  createHash("sha256").update(Buffer.from(plist, "base64")).digest("hex");

const rawInput = Type.Object({ plist: Type.String() }, { additionalProperties: false });

/** How a raw command waits in the queue and is served: sealed as a whole, and put to no table. */
export const rawCommand = (requestType: string): AnyCommandDefinition =>
  defineCommand({
    requestType,
    summary: "A property list as a person wrote it",
    risk: "destructive",
    input: rawInput,
    sealed: ["plist"],
    payload: ({ plist }) => readRawCommand(plist).payload,
  });
