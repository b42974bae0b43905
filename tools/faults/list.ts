import type { Fault } from "./fault.ts";
import { HTTP_AND_IDENTITY } from "./http-and-identity.ts";
import { INTERLEAVING_FAULTS } from "./interleavings.ts";
import { LIFECYCLE_FAULTS } from "./lifecycle.ts";
import { PINNING_FAULTS } from "./pinning.ts";
import { QUEUE_FAULTS } from "./queue.ts";

const rank = ({ case: which }: Fault): number => (which === "property" ? Number.MAX_SAFE_INTEGER : which);

/** All faults, by case. A case of another room is one line here and one file beside this. */
export const FAULTS: readonly Fault[] = [
  ...HTTP_AND_IDENTITY,
  ...PINNING_FAULTS,
  ...LIFECYCLE_FAULTS,
  ...QUEUE_FAULTS,
  ...INTERLEAVING_FAULTS,
].sort((a, b) => rank(a) - rank(b));
