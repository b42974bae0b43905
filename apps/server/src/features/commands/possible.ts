import type { DeviceId } from "@pomona/facts";
import { PomonaError } from "../../kernel/errors.ts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { type Enrollment, findUserChannel, readEnrollmentOfDevice } from "../enrollment/index.ts";
import { DEVICE_CHANNEL } from "./model.ts";
import type { Possibility } from "./possibility.ts";

/** @throws PomonaError `command.not-enrolled`, `command.not-possible` */
export async function refuseImpossible(
  tx: WriteTransaction,
  possibility: Possibility,
  command: Parameters<Possibility["objection"]>[1],
): Promise<void> {
  const { requestType, deviceId } = command;
  const objection = await possibility.objection(tx, command, await enrollmentOf(tx, deviceId));
  if (objection === undefined) return;
  // The tables' reasons name the command themselves.
  const sentence = objection.startsWith(requestType) ? objection : `${requestType} is not possible: ${objection}`;
  throw new PomonaError("conflict", "command.not-possible", `${sentence}.`);
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
