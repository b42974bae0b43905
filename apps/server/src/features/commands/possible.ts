import type { DeviceId } from "@pomona/facts";
import { PomonaError } from "../../kernel/errors.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { type Enrollment, findUserChannel, readEnrollmentOfDevice } from "../enrollment/index.ts";
import { commandCatalog } from "./catalog/index.ts";
import type { AnyCommandDefinition } from "./define-command.ts";
import { DEVICE_CHANNEL } from "./model.ts";

/** @throws PomonaError `command.unknown-type` */
export function definitionOf(requestType: string): AnyCommandDefinition {
  const definition = commandCatalog.get(requestType);
  if (definition !== undefined) return definition;
  throw new PomonaError(
    "invalid",
    "command.unknown-type",
    `There is no command ${requestType}. GET /api/v1/command-types lists those that can be sent.`,
  );
}

/** Why a command cannot go to this enrollment's channel, in words; asked when it is queued and again when it is served. */
export function objectionOf(
  definition: AnyCommandDefinition | undefined,
  enrollment: Enrollment,
  _channel: string,
): string | undefined {
  if (definition === undefined) return "this server no longer knows this command";
  return definition.objection?.(enrollment);
}

/** @throws PomonaError `command.not-enrolled`, `command.not-possible` */
export async function refuseImpossible(
  tx: ReadTransaction,
  definition: AnyCommandDefinition,
  deviceId: DeviceId,
  channel: string,
): Promise<void> {
  const objection = objectionOf(definition, await enrollmentOf(tx, deviceId), channel);
  if (objection === undefined) return;
  throw new PomonaError("conflict", "command.not-possible", `${definition.requestType} is not possible: ${objection}.`);
}

export const NOT_ENROLLED = "This Mac is not enrolled, so no command can reach it.";

async function enrollmentOf(tx: ReadTransaction, deviceId: DeviceId): Promise<Enrollment> {
  const enrollment = await readEnrollmentOfDevice(tx, deviceId);
  if (enrollment === undefined) throw new PomonaError("conflict", "command.not-enrolled", NOT_ENROLLED);
  return enrollment;
}

/**
 * The name of the queue that a command goes to. @param userId as on the wire
 * @throws PomonaError `command.not-enrolled`, `command.no-such-user`
 */
export async function channelOf(tx: ReadTransaction, deviceId: DeviceId, userId: string | undefined): Promise<string> {
  if (userId === undefined) return DEVICE_CHANNEL;
  const enrollment = await enrollmentOf(tx, deviceId);
  const identifier = `${enrollment.identifier}:${userId}`;
  if (await findUserChannel(tx, enrollment.id, identifier)) return identifier;
  throw new PomonaError(
    "not-found",
    "command.no-such-user",
    "This Mac has no managed user with this UserID. A user is known once their channel has checked in.",
  );
}
