import { commandNames } from "@pomona/apple-schema";
import { PomonaError } from "../../kernel/errors.ts";
import { commandCatalog } from "./catalog/index.ts";
import type { AnyCommandDefinition } from "./define-command.ts";
import { genericCommand } from "./generic-command.ts";
import type { CommandRow } from "./model.ts";
import { rawCommand } from "./raw-command.ts";

/** How a command is put together: by its entry in the catalogue, by Apple's tables, or as a person wrote it. */
export function findDefinition({
  requestType,
  isRaw = false,
}: Partial<Pick<CommandRow, "isRaw">> & Pick<CommandRow, "requestType">): AnyCommandDefinition | undefined {
  return isRaw ? rawCommand(requestType) : (commandCatalog.get(requestType) ?? genericCommand(requestType));
}

/** @throws PomonaError `command.unknown-type` */
export function definitionOf(command: Parameters<typeof findDefinition>[0]): AnyCommandDefinition {
  const definition = findDefinition(command);
  if (definition !== undefined) return definition;
  throw new PomonaError(
    "invalid",
    "command.unknown-type",
    `There is no command ${command.requestType}. GET /api/v1/command-types lists those that can be sent.`,
  );
}

/** Every command that can be sent without writing its property list, sorted. */
export const allDefinitions = (): readonly AnyCommandDefinition[] =>
  [...new Set([...commandCatalog.keys(), ...commandNames()])]
    .toSorted()
    .flatMap((requestType) => findDefinition({ requestType }) ?? []);
