import { sendTestPush, showPush, uploadPushCertificate } from "@pomona/contract";
import { asId } from "@pomona/facts";
import type { Crypto } from "@pomona/pki";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { notFound } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { readDevice, type SeenTimes } from "../devices/index.ts";
import { readUpload, storePushCertificate } from "./push-certificate.ts";
import { type PushStatePorts, pushState } from "./push-state.ts";
import { testPush } from "./test-push.ts";

export const pushActions = (
  kernel: Kernel,
  crypto: Crypto,
  ports: PushStatePorts & { readonly seen: SeenTimes },
): readonly BoundAction[] => [
  bindAction(showPush, { run: async ({ tx }) => pushState(tx, ports) }),

  bindAction(uploadPushCertificate, {
    devicesTouched: () => 0,
    prepare: async (_scope, { certificate, privateKey }) => readUpload(crypto, certificate, privateKey),
    run: async ({ tx, prepared }, { replaceTopic }) => {
      await storePushCertificate(tx, kernel, prepared, replaceTopic ?? false);
      return pushState(tx, ports);
    },
    // What waited for a good certificate goes out at once, and is counted as gone out in the answer.
    finish: async (scope) => {
      await ports.queue.certificateChanged(scope.tenantId);
      return kernel.store.read(scope, (tx) => pushState(tx, ports));
    },
  }),

  bindAction(sendTestPush, {
    run: async ({ tx }, { deviceId }) => {
      const device = await readDevice(tx, asId<"device">(deviceId));
      if (device === undefined) throw notFound("device", deviceId);
      const nothing = { status: 0, reason: null, apnsId: null, meaning: "", advice: "", roundTripMs: null };
      return { ...nothing, outcome: "fault" as const };
    },
    finish: ({ tenantId }, { deviceId, waitSeconds }) =>
      testPush(ports.queue, ports.seen, {
        tenantId,
        deviceId: asId<"device">(deviceId),
        waitMs: (waitSeconds ?? 0) * 1000,
      }),
  }),
];
