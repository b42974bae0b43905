import type { Job, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { readTenants } from "../tenants/index.ts";

/**
 * A tenant's first data key, before anything is sealed for it: a bundle that is made and tested before the first Mac comes shall
 * open what that Mac entrusts to us.
 */
export const makeFirstKeys = ({ store, vault }: Kernel): Job => ({
  name: "recovery/make-first-keys",
  everyMs: 2_000,
  run: async () => {
    for (const { id } of await store.read(systemScope(PLATFORM, "recovery"), readTenants))
      if (vault.kids(id).length === 0) vault.rotateDataKey(id);
  },
});
