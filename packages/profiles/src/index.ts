export * from "./enrollment-profile.ts";
export * from "./managed-preferences.ts";
export * from "./mdm-terms.ts";
export * from "./privacy-preferences.ts";
export * from "./profile.ts";
export * from "./recovery-key-escrow.ts";
export * from "./service-management.ts";
