import { changeEnrollmentPolicy, listUserChannels, showEnrollmentPolicy } from "@pomona/contract";
import { asId } from "@pomona/facts";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { notFound } from "../../kernel/errors.ts";
import { readDevice } from "../devices/index.ts";
import { readEnrollmentOfDevice } from "./enrollments.sql.ts";
import { putPolicy, readPolicy } from "./policy.sql.ts";
import { readUserChannels } from "./user-channels.sql.ts";

/** Who has a channel, and who may have one. */
export const policyActions: readonly BoundAction[] = [
  bindAction(showEnrollmentPolicy, { run: ({ tx }) => readPolicy(tx) }),

  bindAction(changeEnrollmentPolicy, {
    devicesTouched: () => 0,
    run: async ({ tx }, policy) => {
      await putPolicy(tx, policy);
      return readPolicy(tx);
    },
  }),

  bindAction(listUserChannels, {
    run: async ({ tx }, { deviceId }) => {
      const id = asId<"device">(deviceId);
      if ((await readDevice(tx, id)) === undefined) throw notFound("device", deviceId);
      const enrollment = await readEnrollmentOfDevice(tx, id);
      if (enrollment === undefined || enrollment.identifier === null) return { items: [], nextCursor: null };
      const { identifier } = enrollment;
      return { items: [...(await readUserChannels(tx, { id: enrollment.id, identifier }))], nextCursor: null };
    },
  }),
];
