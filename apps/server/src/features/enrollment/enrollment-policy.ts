import { changeEnrollmentPolicy, showEnrollmentPolicy } from "@pomona/contract";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { putIdentityPolicy, readIdentityPolicy } from "./enrollment-policy.sql.ts";
import { checkIdentityMethod } from "./identity-method.ts";

/** How the Macs of a tenant get their identity. */
export const policyActions = (canAttest: boolean): readonly BoundAction[] => [
  bindAction(showEnrollmentPolicy, {
    run: async ({ tx }) => ({ identity: await readIdentityPolicy(tx), canAttest }),
  }),
  bindAction(changeEnrollmentPolicy, {
    devicesTouched: () => 0,
    run: async ({ tx }, { identity }) => {
      // With a serial number in place of the one that each invitation will have to name.
      checkIdentityMethod(identity, "any", canAttest);
      await putIdentityPolicy(tx, identity);
      return { identity, canAttest };
    },
  }),
];
