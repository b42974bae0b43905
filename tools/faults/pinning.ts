import type { Fault } from "./fault.ts";

const DOOR = "apps/server/src/adapters/device-door";
const ENROLLMENT = "apps/server/src/features/enrollment";
const AUTHENTICATE = `${ENROLLMENT}/authenticate.ts`;
const MOVING_IN = "apps/server/src/features/moving-in";
const PINNING = `${DOOR}/pinning.test.ts`;

/** Cases 15 to 24: which certificate counts for whom. */
export const PINNING_FAULTS: readonly Fault[] = [
  {
    case: 7,
    what: "the usage of a certificate in the file is not looked at",
    file: `${MOVING_IN}/judge-enrollment.ts`,
    find: "if (!isForClients(certificate))",
    replace: "if (certificate.raw.length === 0)",
    test: `${MOVING_IN}/moving-in.test.ts`,
  },
  {
    case: 7,
    what: "the usage of a certificate that a Mac brings is not looked at",
    file: `${MOVING_IN}/associate.ts`,
    find: "if (!isForClients(certificate)) return false;",
    replace: "",
    test: `${MOVING_IN}/moving-in.test.ts`,
  },
  {
    case: 15,
    what: "the identifier is compared on the device channel only",
    file: `${ENROLLMENT}/enrollments.ts`,
    find: "if (enrollment.identifier !== from.deviceIdentifier)",
    replace: `if (from.channel === "device" && enrollment.identifier !== from.deviceIdentifier)`,
    test: PINNING,
  },
  {
    case: 16,
    what: "a user may authenticate",
    file: AUTHENTICATE,
    find: `if (message.from.channel === "user") return "user-channel";`,
    replace: "",
    test: PINNING,
  },
  {
    case: 16,
    what: "a user's CheckOut unenrolls the Mac",
    file: `${ENROLLMENT}/check-out.ts`,
    find: `message.from.channel === "user"`,
    replace: "message.from.identifier === null",
    test: PINNING,
  },
  {
    case: 17,
    what: "a user's TokenUpdate is taken for the Mac's",
    file: `${ENROLLMENT}/token-update.ts`,
    find: `message.from.channel === "user"`,
    replace: "message.from.identifier === null",
    test: PINNING,
  },
  {
    case: 18,
    what: "an enrollment counts before its Authenticate",
    file: `${ENROLLMENT}/enrollments.ts`,
    find: `  if (enrollment === undefined || enrollment.identifier === null || enrollment.deviceId === null)`,
    replace: `  if (enrollment?.state === "invited") return { ok: true, enrollment, deviceId: enrollment.id as DeviceId };
  if (enrollment === undefined || enrollment.identifier === null || enrollment.deviceId === null)`,
    test: PINNING,
  },
  {
    case: 19,
    what: "the identifier that a message claims is not compared",
    file: `${ENROLLMENT}/enrollments.ts`,
    find: `if (enrollment.identifier !== from.deviceIdentifier)`,
    replace: `if (from.deviceIdentifier === "")`,
    test: PINNING,
  },
  {
    case: 20,
    what: "a certificate may authenticate a second UDID",
    file: AUTHENTICATE,
    find: "enrollment.identifier !== null && enrollment.identifier !== message.from.identifier",
    replace: `message.from.identifier === ""`,
    test: PINNING,
  },
  {
    case: 21,
    what: "any certificate of the enrollment counts at once",
    file: `${ENROLLMENT}/enrollments.ts`,
    find: "if (enrollment.pin !== hash && !enrollment.previousPins.includes(hash))",
    replace: `if (hash === "")`,
    test: `${DOOR}/lifecycle.test.ts`,
  },
  {
    case: 21,
    what: "the old certificate ends with the new one's Authenticate",
    file: AUTHENTICATE,
    find: "previousPins: replaced(enrollment) }",
    replace: "previousPins: [] }",
    test: `${DOOR}/lifecycle.test.ts`,
  },
  {
    case: 22,
    what: "a certificate may be brought a second time",
    file: "apps/server/src/features/moving-in/moving-in.sql.ts",
    find: `    .where("identifier", "=", identifier)
    .where("is_pinned", "=", 0)`,
    replace: `    .where("identifier", "=", identifier)`,
    test: "apps/server/src/features/moving-in/moving-in.test.ts",
  },
  {
    case: 23,
    what: "whoever claims to be a Mac that is enrolled takes its place",
    file: AUTHENTICATE,
    find: `rivals.some((rival) => rival.state === "enrolled") && !isBound`,
    replace: "rivals.length < 0 && !isBound",
    test: PINNING,
  },
  {
    case: 24,
    what: "identifiers of User Enrollments are not compared",
    file: `${ENROLLMENT}/enrollments.ts`,
    find: "if (enrollment.identifier !== from.deviceIdentifier)",
    replace: `if (from.kind === "udid" && enrollment.identifier !== from.deviceIdentifier)`,
    test: `${DOOR}/user-enrollment.test.ts`,
  },
];
