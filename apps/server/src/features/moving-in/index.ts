export type { MovingInFeature, MovingInPorts } from "./moving-in-feature.ts";
