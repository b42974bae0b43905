import { changeNetworkUserPolicy, listUserChannels, showNetworkUserPolicy } from "@pomona/contract";
import { asId } from "@pomona/facts";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { notFound } from "../../kernel/errors.ts";
import { readDevice } from "../devices/index.ts";
import { readEnrollmentOfDevice } from "./enrollments.sql.ts";
import { putNetworkUserPolicy, readNetworkUserPolicy } from "./network-users.sql.ts";
import { readUserChannels } from "./user-channels.sql.ts";

/** Who has a channel, and who may have one. */
export const userChannelActions: readonly BoundAction[] = [
  bindAction(showNetworkUserPolicy, { run: ({ tx }) => readNetworkUserPolicy(tx) }),

  bindAction(changeNetworkUserPolicy, {
    devicesTouched: () => 0,
    run: async ({ tx }, policy) => {
      await putNetworkUserPolicy(tx, policy);
      return readNetworkUserPolicy(tx);
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
