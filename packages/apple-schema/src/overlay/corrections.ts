import type { Correction } from "../correction.ts";
import { ADDED_SINCE } from "./added-since.ts";
import { NEVER_ON_MACOS } from "./never-on-macos.ts";
import { ON_MACOS } from "./on-macos.ts";
import { PROCESSORS } from "./processors.ts";
import { REMOVED_IN_27 } from "./removed-in-27.ts";

/** Every correction, in the order in which they are applied. */
export const CORRECTIONS: readonly Correction[] = [
  ...ADDED_SINCE,
  ...REMOVED_IN_27,
  ...PROCESSORS,
  ...ON_MACOS,
  ...NEVER_ON_MACOS,
];
