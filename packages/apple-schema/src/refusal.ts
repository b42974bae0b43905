import { includesRight } from "./access-rights.ts";
import { compareVersions } from "./compare-versions.ts";
import type { OsFacts } from "./model.ts";
import type { SendTarget } from "./send-target.ts";

/** Why a thing of this name cannot go to this target, in one sentence for a technician; undefined where nothing speaks against it. */
export function refusalOf(name: string, os: OsFacts, target: SendTarget): string | undefined {
  return (
    refusalByVersion(name, os, target.osVersion) ??
    refusalByChip(name, os, target) ??
    refusalByRelation(name, os, target)
  );
}

/** The part that only the version of macOS decides. */
export function refusalByVersion(name: string, os: OsFacts, osVersion: string | null): string | undefined {
  if (os.introduced === null) return `${name} does not exist on macOS`;
  if (osVersion === null || !/^\d/.test(osVersion)) return undefined;
  if (compareVersions(osVersion, os.introduced) < 0) {
    return `${name} needs macOS ${os.introduced} or later; this Mac has ${osVersion}`;
  }
  if (os.removed !== undefined && compareVersions(osVersion, os.removed) >= 0) {
    return `${name} does not exist any more since macOS ${os.removed}; this Mac has ${osVersion}`;
  }
  return undefined;
}

function refusalByChip(name: string, { chip }: OsFacts, target: SendTarget): string | undefined {
  if (chip === undefined || target.chip === null || target.chip === chip) return undefined;
  return chip === "intel"
    ? `${name} works on Macs with Intel processors only; this one has Apple silicon`
    : `${name} works on Macs with Apple silicon only; this one has an Intel processor`;
}

function refusalByRelation(name: string, os: OsFacts, target: SendTarget): string | undefined {
  const { channel, enrollmentType } = target;
  if (channel === "device" && os.deviceChannel === false) {
    return `${name} goes to the channel of a logged-in user only, not to the Mac itself`;
  }
  if (channel === "user" && os.userChannel === false) return `${name} goes to the Mac itself, not to a user's channel`;
  if (enrollmentType === "user" && os.userEnrollment === "forbidden") {
    return `${name} is not allowed on a User Enrollment, which this Mac has`;
  }
  if (enrollmentType !== "user" && enrollmentType !== null && os.userEnrollment === "required") {
    return `${name} is for User Enrollments only, and this Mac is enrolled as a whole`;
  }
  if (os.requiresDep === true && enrollmentType !== null && enrollmentType !== "automated") {
    return `${name} needs automated enrollment, and this Mac was enrolled by hand`;
  }
  if (os.supervised === true && target.isSupervised === false) return `${name} needs a supervised Mac; this one is not`;
  if (os.userApprovedMdm === true && target.isUserApproved === false) {
    return `${name} needs an enrollment that the user approved in System Settings; this one is not approved`;
  }
  if (
    os.accessRights !== undefined &&
    target.accessRights !== null &&
    !includesRight(target.accessRights, os.accessRights)
  ) {
    return `${name} needs the access right ${os.accessRights}, which this enrollment did not get`;
  }
  return undefined;
}
