import type { Risk } from "@pomona/contract";

/**
 * What a command may do at worst, for those without an entry of their own in the catalogue. One that is not listed may do
 * anything that root may: a command that is newer than this list must not slip through a budget.
 */
export const GENERIC_RISKS: Readonly<Record<string, Risk>> = {
  // Questions.
  ActiveNSExtensions: "read",
  ManagedApplicationConfiguration: "read",
  NSExtensionMappings: "read",
  // A question that can empty what it reads.
  ManagedApplicationFeedback: "change",
  // The person at the Mac decides.
  CancelEnhancedLogCollection: "change",
  InviteToProgram: "change",
  TriggerEnhancedLogCollection: "change",
  // Turns other Macs off.
  LOMDeviceRequest: "destructive",
};

export const riskOfGeneric = (requestType: string): Risk =>
  Object.hasOwn(GENERIC_RISKS, requestType) ? GENERIC_RISKS[requestType]! : "rootEquivalent";
