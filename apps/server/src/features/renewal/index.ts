export type { RenewalFeature } from "./renewal-feature.ts";
