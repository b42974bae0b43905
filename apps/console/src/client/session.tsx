import type { ActionContract, Session } from "@pomona/contract";
import { createContext, useContext } from "react";

/** Who works here, and in which tenant. */
export const SessionContext = createContext<Session | null>(null);

/** The session of the page; only below the signed-in part of the tree. */
export const useSession = (): Session => {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("no session above this component");
  return session;
};

/** Whether this person may perform the action; the server decides in any case. */
export const useMay = (contract: Pick<ActionContract, "name">): boolean =>
  useSession().permissions.includes(contract.name);
