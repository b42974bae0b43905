import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, nullable, oneOf, page, paging, Time } from "../shapes.ts";

/** Why a message over MDM was refused. `replay`: it was taken in before, or is signed well before the newest of its Mac. */
export const RefusalReason = oneOf(
  "replay",
  "expired",
  "revoked",
  "not-enrolled",
  "wrong-identifier",
  "superseded-certificate",
  "user-channel",
  "wrong-topic",
  "wrong-serial-number",
  "known-device",
);
export type RefusalReason = Static<typeof RefusalReason>;

/** What was refused of one certificate for one reason: the newest of it, and how often. */
export const EnrollmentRefusal = closed({
  id: Id,
  reason: RefusalReason,
  /** What was seen, in words, where there is more to say than the reason. */
  detail: nullable(Type.String()),
  firstAt: Time,
  lastAt: Time,
  /** At least so often: what came within a minute of another is counted with the next, and not beyond a restart. */
  times: Type.Integer(),
  /** Whose certificate it came with. */
  deviceId: nullable(Id),
  deviceName: nullable(Type.String()),
  /** What the newest message said of itself; null where it was not read. */
  claimedSerialNumber: nullable(Type.String()),
  claimedUdid: nullable(Type.String()),
  address: nullable(Type.String()),
});
export type EnrollmentRefusal = Static<typeof EnrollmentRefusal>;

export const listRefusals = defineAction({
  name: "enrollment.list-refusals",
  summary: "List the MDM messages that were refused, newest first",
  method: "GET",
  path: "/enrollment-refusals",
  risk: "read",
  input: closed({ reason: Type.Optional(RefusalReason), ...paging }),
  output: page(EnrollmentRefusal),
  auditable: [],
});
