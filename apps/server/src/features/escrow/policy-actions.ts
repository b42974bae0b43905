import { changePolicy, listPolicies, rotateEscrowCertificate } from "@pomona/contract";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { PomonaError } from "../../kernel/errors.ts";
import { markProfilesDue } from "./devices.sql.ts";
import { describeKeys } from "./escrow-keys.ts";
import { readKeys } from "./keys.sql.ts";
import { ALL_KINDS, KINDS } from "./kinds.ts";
import { putPolicy, readPolicy } from "./policies.sql.ts";
import type { EscrowParts } from "./ports.ts";

export const policyActions = (parts: EscrowParts): readonly BoundAction[] => [
  bindAction(listPolicies, {
    run: async ({ tx }) => {
      const items = [];
      for (const kind of ALL_KINDS) {
        const { rotatedBy, policy: standard } = KINDS[kind];
        items.push({ kind, ...(await readPolicy(tx, kind)), canRotate: rotatedBy !== null, standard });
      }
      return { items, nextCursor: null };
    },
  }),

  bindAction(changePolicy, {
    devicesTouched: () => 0,
    run: async ({ tx }, { kind, ...policy }) => {
      if (KINDS[kind].rotatedBy === null && (policy.everyDays !== null || policy.afterRevealMinutes !== null))
        throw new PomonaError(
          "invalid",
          "escrow.not-rotated",
          `The ${KINDS[kind].words} cannot be replaced from here.`,
        );
      await putPolicy(tx, kind, policy);
      await tx.publish({ type: "escrow.policy-changed", data: { kind } });
      return { kind, ...policy };
    },
  }),

  bindAction(rotateEscrowCertificate, {
    // Making a key takes a while, and its row is written with it.
    prepare: ({ tenantId }) => parts.keys.renew(tenantId),
    run: async ({ tx, prepared }) => {
      await markProfilesDue(tx);
      return describeKeys(prepared.certificate, await readKeys(tx));
    },
  }),
];
