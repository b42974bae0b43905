/** Where to go after signing in: only a path of this console, never another site and never back to the sign-in. */
export const safeNext = (next: string | undefined): string =>
  next !== undefined && /^\/(?![/\\])/.test(next) && !next.startsWith("/sign-in") ? next : "/";
