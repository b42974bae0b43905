/** Whom something is to be sent to, as far as it is known. What is null is not known, and never a reason to refuse. */
export interface SendTarget {
  /** As the Mac writes it: "15.1", "26.0.1 (a)". */
  readonly osVersion: string | null;
  readonly channel: "device" | "user";
  readonly isSupervised: boolean | null;
  readonly isUserApproved: boolean | null;
  /** `automated`: by a device enrollment program; `user`: a User Enrollment. */
  readonly enrollmentType: "device" | "automated" | "user" | null;
  /** Bits of the MDM payload's AccessRights. */
  readonly accessRights: number | null;
  readonly chip: "apple" | "intel" | null;
}
