/** Content type of check-in messages. */
export const CHECK_IN_TYPE = "application/x-apple-aspen-mdm-checkin";
/** Content type of a configuration profile. */
export const PROFILE_TYPE = "application/x-apple-aspen-config";

/**
 * Whether a request is a check-in. It is when its Content-Type begins with {@link CHECK_IN_TYPE}; any other type on the
 * same URL, a missing one included, is a command poll.
 */
export const isCheckInType = (contentType: string | undefined): boolean =>
  contentType?.toLowerCase().startsWith(CHECK_IN_TYPE) ?? false;
