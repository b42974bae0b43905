import type { BatchId, CommandId, TenantId } from "@pomona/facts";
import type { PlistDictionary } from "@pomona/plist";
import { Compile } from "typebox/compile";
import { PomonaError } from "../../kernel/errors.ts";
import type { Sealed, Vault } from "../../kernel/secret.ts";
import type { AnyCommandDefinition } from "./define-command.ts";

const validators = new WeakMap<object, ReturnType<typeof Compile>>();

/** @throws PomonaError `command.invalid-input` with the first field that does not fit */
export function checkInput(definition: AnyCommandDefinition, input: unknown): asserts input is Record<string, unknown> {
  let validator = validators.get(definition.input);
  if (validator === undefined) {
    validator = Compile(definition.input);
    validators.set(definition.input, validator);
  }
  const fault = validator.Check(input)
    ? definition.fault?.(input as Record<string, unknown>)
    : firstError(validator, input);
  if (fault === undefined) return;
  const message = `The input does not fit ${definition.requestType}: ${fault}.`;
  throw new PomonaError("invalid", "command.invalid-input", message);
}

/** An input as it is stored, and whose it is: secrets are sealed for that place. */
export interface PackedInput {
  readonly id: CommandId | BatchId;
  readonly input: string;
}
/** What was asked, as far as it is no secret. */
export function askedOf(definition: AnyCommandDefinition, packed: string): Readonly<Record<string, unknown>> {
  const input = JSON.parse(packed) as Record<string, unknown>;
  for (const field of sealedFields(definition, input)) delete input[field];
  return input;
}

function firstError(validator: ReturnType<typeof Compile>, input: unknown): string {
  const [first] = validator.Errors(input);
  return `${first?.instancePath || "it"} ${first?.message ?? "is wrong"}`;
}

const sealedFields = ({ sealed, sealsAll }: AnyCommandDefinition, input: object): readonly string[] =>
  sealsAll === true ? Object.keys(input) : (sealed ?? []);

interface SealedField {
  readonly $sealed: Sealed;
}
const place = (id: CommandId | BatchId, field: string) => ({ table: "command_queue", row: id, field });

/** The input as it waits in the queue: JSON with sealed fields where the definition says so. */
export function packInput(
  vault: Vault,
  tenantId: TenantId,
  id: CommandId | BatchId,
  definition: AnyCommandDefinition,
  input: Readonly<Record<string, unknown>>,
): string {
  const packed: Record<string, unknown> = { ...input };
  for (const field of sealedFields(definition, input)) {
    const value = packed[field];
    if (value === undefined) continue;
    const bytes = Buffer.from(JSON.stringify(value), "utf8");
    packed[field] = { $sealed: vault.seal(tenantId, place(id, field), bytes) } satisfies SealedField;
  }
  return JSON.stringify(packed);
}

/** The input as it was given: what was sealed for a row is opened. */
export function openInput(
  vault: Vault,
  tenantId: TenantId,
  row: PackedInput,
  definition: AnyCommandDefinition,
): Record<string, unknown> {
  const input = JSON.parse(row.input) as Record<string, unknown>;
  for (const field of sealedFields(definition, input)) {
    const value = input[field] as SealedField | undefined;
    if (value === undefined) continue;
    const secret = vault.open(tenantId, place(row.id, field), value.$sealed);
    input[field] = JSON.parse(Buffer.from(secret.expose()).toString("utf8")) as unknown;
  }
  return input;
}

/** Opens what was sealed, at the last moment before serving, and makes the command's keys of it. */
export const renderPayload = (
  vault: Vault,
  tenantId: TenantId,
  row: PackedInput,
  definition: AnyCommandDefinition,
): PlistDictionary => definition.payload(openInput(vault, tenantId, row, definition));
