export type { BatchesFeature, BatchesPorts } from "./feature.ts";
