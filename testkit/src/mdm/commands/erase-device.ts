import { getString } from "@pomona/plist";
import { formatError, refused } from "../answer.ts";
import type { CommandHandler } from "../command-port.ts";

const BEHAVIORS: readonly string[] = ["Default", "DoNotObliterate", "ObliterateWithWarning", "Always"];

/**
 * Apple: EraseDevice, on a Mac with a T2 or Apple's chip: the PIN means nothing there. Where Erase All Content and Settings cannot
 * run, ObliterationBehavior decides whether the Mac erases itself all the same, and whether it says so.
 */
export const eraseDevice: CommandHandler = (mac, command) => {
  const behavior = getString(command, "ObliterationBehavior") ?? "Default";
  if (!BEHAVIORS.includes(behavior)) return formatError("ObliterationBehavior is not known.");
  if (behavior === "Always") return { status: "Acknowledged", afterwards: () => mac.erase("obliterated") };
  if (mac.model.erasePreflight === "success")
    return { status: "Acknowledged", afterwards: () => mac.erase("contents") };
  const error = refused(
    12_100,
    "MCMDMErrorDomain",
    `Erase All Content and Settings cannot run: ${mac.model.erasePreflight}`,
  );
  if (behavior === "DoNotObliterate" || error.status !== "Error") return error;
  if (behavior === "ObliterateWithWarning")
    return { status: "Acknowledged", afterwards: () => mac.erase("obliterated") };
  return { ...error, afterwards: () => mac.erase("obliterated") };
};
