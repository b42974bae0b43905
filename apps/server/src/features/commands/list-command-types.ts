import { commandFacts, inputSchemaOf, type OsFacts } from "@pomona/apple-schema";
import { listCommandTypes as contract } from "@pomona/contract";
import { bindAction } from "../../kernel/action.ts";
import { commandCatalog } from "./catalog/index.ts";
import { allDefinitions } from "./definitions.ts";

/** All commands, with what Apple says of each: the console builds its form from this, and names what a Mac cannot take. */
export const listCommandTypes = bindAction(contract, {
  run: async () => ({
    items: allDefinitions().map(({ requestType, summary, risk, input }) => {
      const facts = commandFacts(requestType);
      const isTyped = commandCatalog.has(requestType);
      return {
        requestType,
        kind: isTyped ? ("typed" as const) : ("generic" as const),
        summary,
        risk,
        input: isTyped || facts === undefined ? input : inputSchemaOf(facts),
        ...shown(facts?.os),
      };
    }),
    nextCursor: null,
  }),
});

/** @param os undefined for a command that is newer than the tables: nothing is known against it */
function shown(os: OsFacts | undefined) {
  const { introduced = null, deprecated = null, removed = null, chip = null } = os ?? {};
  return {
    introduced,
    deprecated,
    removed,
    channels: [
      ...(os?.deviceChannel === false ? [] : ["device" as const]),
      ...(os?.userChannel === false ? [] : ["user" as const]),
    ],
    needsSupervision: os?.supervised === true,
    needsAutomatedEnrollment: os?.requiresDep === true,
    allowsUserEnrollment: os?.userEnrollment !== "forbidden",
    chip,
  };
}
