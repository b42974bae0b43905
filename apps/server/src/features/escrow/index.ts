export { createEscrow } from "./feature.ts";
