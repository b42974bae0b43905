/** Where every action lives, and the session and the event stream beside them. */
export const API_BASE = "/api/v1";
