import { API_BASE } from "./api-base.ts";
import { CONSOLE_HEADER } from "./call.ts";
import { problemFrom, unreachable } from "./problem-error.ts";

const session = async (init: RequestInit): Promise<void> => {
  const response = await fetch(`${API_BASE}/session`, {
    ...init,
    credentials: "same-origin",
    headers: { ...CONSOLE_HEADER, "Content-Type": "application/json", Accept: "application/json" },
  }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw problemFrom(response.status, await response.json().catch(() => null));
};

/** Trades a one-time link's code or an API token for a session cookie. @throws ProblemError */
export const signIn = (credential: { readonly link: string } | { readonly token: string }): Promise<void> =>
  session({ method: "POST", body: JSON.stringify(credential) });

/** Ends the session. @throws ProblemError */
export const signOut = (): Promise<void> => session({ method: "DELETE" });
