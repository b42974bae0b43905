import { checkPayload, commandFacts, plistOfInput } from "@pomona/apple-schema";
import { Type } from "typebox";
import { type AnyCommandDefinition, defineCommand } from "./define-command.ts";
import { riskOfGeneric } from "./generic-risks.ts";

/** Any object: what it may hold the tables say. */
const anyInput = Type.Object({}, { additionalProperties: true });

const definitions = new Map<string, AnyCommandDefinition>();

/**
 * A command that has no entry of its own: its input are Apple's keys as JSON, and Apple's tables decide what fits.
 * @returns undefined for what macOS never had
 */
export function genericCommand(requestType: string): AnyCommandDefinition | undefined {
  const known = definitions.get(requestType);
  if (known !== undefined) return known;
  if (typeof commandFacts(requestType)?.os.introduced !== "string") return undefined;
  const definition = defineCommand({
    requestType,
    summary: `${requestType} with Apple's own keys`,
    risk: riskOfGeneric(requestType),
    input: anyInput,
    // Nobody has said which of its keys are secrets, and a mistyped one may be.
    sealsAll: true,
    payload: (input) => plistOfInput(input as Record<string, unknown>),
    fault: (input) => faultOf(requestType, input as Record<string, unknown>),
  });
  definitions.set(requestType, definition);
  return definition;
}

/** The first thing that Apple's tables refuse, as a sentence; undefined where there is nothing. */
function faultOf(requestType: string, input: Readonly<Record<string, unknown>>): string | undefined {
  try {
    const errors = checkPayload(requestType, plistOfInput(input)).filter(({ severity }) => severity === "error");
    const [first] = errors;
    return first === undefined ? undefined : `${first.path || "it"} ${first.message}`;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
