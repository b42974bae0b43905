export { auditTrail } from "./record-entry.ts";
