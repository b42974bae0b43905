import { createInvitation, listInvitations, revokeInvitation as revokeContract } from "@pomona/contract";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { newId } from "../../kernel/clock.ts";
import { notFound } from "../../kernel/errors.ts";
import { readIdentityPolicy } from "./enrollment-policy.sql.ts";
import { checkIdentityMethod } from "./identity-method.ts";
import { insertInvitation, readInvitations, revokeInvitation, toInvitation } from "./invitations.sql.ts";
import { hashOfSecret, newSecretText } from "./model.ts";

/** @param portal the address of the portal, without a slash at the end */
export const invitationActions = (portal: () => string, canAttest: boolean): readonly BoundAction[] => [
  bindAction(createInvitation, {
    devicesTouched: (input) => input.maxUses ?? 1,
    run: async ({ tx }, { name, maxUses = 1, expiresInSeconds = 604_800, serialNumber = null, ...rest }) => {
      const identity = rest.identity ?? (await readIdentityPolicy(tx));
      checkIdentityMethod(identity, serialNumber, canAttest);
      const code = newSecretText();
      const row = await insertInvitation(
        tx,
        {
          id: newId<"invitation">(tx.now),
          name,
          maxUses,
          expiresAt: tx.now + expiresInSeconds * 1000,
          serialNumber,
          identity,
        },
        hashOfSecret(code),
      );
      return { ...toInvitation(row), url: `${portal()}/enroll/${code}` };
    },
  }),

  bindAction(listInvitations, {
    run: async ({ tx }, { limit = 100, cursor }) => {
      const rows = await readInvitations(tx, cursor, limit + 1);
      const items = rows.slice(0, limit);
      return { items: items.map(toInvitation), nextCursor: rows.length > limit ? items.at(-1)!.id : null };
    },
  }),

  bindAction(revokeContract, {
    devicesTouched: () => 0,
    run: async ({ tx }, { invitationId }) => {
      if (!(await revokeInvitation(tx, invitationId))) throw notFound("invitation", invitationId);
      return {};
    },
  }),
];
