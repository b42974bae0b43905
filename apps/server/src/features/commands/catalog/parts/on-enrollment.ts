import type { Target } from "../../define-command.ts";

/** An objection of commands that Apple forbids where the Mac belongs to its user. */
export const notOnUserEnrollment = ({ isUserEnrollment }: Target): string | undefined =>
  isUserEnrollment ? "not possible on a User Enrollment" : undefined;

/** An objection of commands that Setup Assistant alone takes, while it waits. */
export const onlyWhileAwaiting = ({ isAwaitingConfiguration }: Target): string | undefined =>
  isAwaitingConfiguration ? undefined : "the Mac does not wait in Setup Assistant";
