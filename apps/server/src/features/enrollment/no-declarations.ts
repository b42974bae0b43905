import type { CheckInHandler } from "./check-in.ts";

/**
 * Declarative management is not begun by this server, so only a Mac that brings it along from another asks for it: whatever
 * endpoint it names is not here. 404 is the answer on which a Mac drops a declaration; 400 or 500 would make it ask again.
 */
export const noDeclarations: CheckInHandler<"DeclarativeManagement"> = async () => ({ status: 404 });
