import type { CommandId, TenantId } from "@pomona/facts";
import type { PlistDictionary } from "@pomona/plist";
import { Compile } from "typebox/compile";
import { PomonaError } from "../../kernel/errors.ts";
import type { Sealed, Vault } from "../../kernel/secret.ts";
import type { AnyCommandDefinition } from "./define-command.ts";
import type { CommandRow } from "./model.ts";

const validators = new WeakMap<object, ReturnType<typeof Compile>>();

/** @throws PomonaError `command.invalid-input` with the first field that does not fit */
export function checkInput(definition: AnyCommandDefinition, input: unknown): asserts input is Record<string, unknown> {
  let validator = validators.get(definition.input);
  if (validator === undefined) {
    validator = Compile(definition.input);
    validators.set(definition.input, validator);
  }
  if (validator.Check(input)) return;
  const [first] = validator.Errors(input);
  throw new PomonaError(
    "invalid",
    "command.invalid-input",
    `The input does not fit ${definition.requestType}: ${first?.instancePath || "it"} ${first?.message ?? "is wrong"}.`,
  );
}

interface SealedField {
  readonly $sealed: Sealed;
}
const place = (id: CommandId, field: string) => ({ table: "command_queue", row: id, field });

/** The input as it waits in the queue: JSON with sealed fields where the definition says so. */
export function packInput(
  vault: Vault,
  tenantId: TenantId,
  id: CommandId,
  definition: AnyCommandDefinition,
  input: Readonly<Record<string, unknown>>,
): string {
  const packed: Record<string, unknown> = { ...input };
  for (const field of definition.sealed ?? []) {
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
  row: Pick<CommandRow, "id" | "input">,
  definition: AnyCommandDefinition,
): Record<string, unknown> {
  const input = JSON.parse(row.input) as Record<string, unknown>;
  for (const field of definition.sealed ?? []) {
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
  row: Pick<CommandRow, "id" | "input">,
  definition: AnyCommandDefinition,
): PlistDictionary => definition.payload(openInput(vault, tenantId, row, definition));
