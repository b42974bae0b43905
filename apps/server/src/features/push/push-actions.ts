import {
  createPushRequest as createContract,
  type PushState,
  sendTestPush,
  showPush,
  uploadPushCertificate,
} from "@pomona/contract";
import { asId } from "@pomona/facts";
import type { Crypto } from "@pomona/pki";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { notFound, PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import { readPushCertificate } from "./push.sql.ts";
import { makePushRequest, readUpload, storePushCertificate, storePushRequest } from "./push-certificate.ts";
import type { PushQueue } from "./push-queue.ts";

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

async function pushState(tx: ReadTransaction, queue: PushQueue, endpoint: string): Promise<PushState> {
  const stored = await readPushCertificate(tx);
  if (stored === undefined) {
    return {
      state: "missing",
      topic: null,
      expiresAt: null,
      subject: null,
      endpoint,
      lastPushAt: null,
      lastError: null,
    };
  }
  const { topic, subject, notAfter, refusal, lastError } = stored;
  const state = notAfter <= tx.now ? "expired" : refusal !== null ? "refused" : "ready";
  const lastPushAt = queue.pushedAt(tx.scope.tenantId) ?? stored.lastPushAt;
  return { state, topic, expiresAt: time(notAfter), subject, endpoint, lastPushAt: time(lastPushAt), lastError };
}

export const pushActions = (
  kernel: Kernel,
  crypto: Crypto,
  queue: PushQueue,
  endpoint: string,
): readonly BoundAction[] => [
  bindAction(showPush, { run: async ({ tx }) => pushState(tx, queue, endpoint) }),

  bindAction(createContract, {
    devicesTouched: () => 0,
    prepare: async (_scope, subject) => makePushRequest(crypto, subject),
    run: async ({ tx, prepared }) => storePushRequest(tx, kernel, prepared),
  }),

  bindAction(uploadPushCertificate, {
    devicesTouched: () => 0,
    prepare: async (_scope, { certificate, privateKey }) => readUpload(crypto, certificate, privateKey),
    run: async ({ tx, prepared }) => {
      await storePushCertificate(tx, kernel, prepared);
      const { tenantId } = tx.scope;
      tx.afterCommit(() => queue.forget(tenantId));
      return pushState(tx, queue, endpoint);
    },
  }),

  bindAction(sendTestPush, {
    run: async ({ tx }, { deviceId }) => {
      const device = await readDevice(tx, asId<"device">(deviceId));
      if (device === undefined) throw notFound("device", deviceId);
      return { status: 0, reason: null, apnsId: null };
    },
    finish: async ({ tenantId }, { deviceId }) => {
      const result = await queue.push(tenantId, asId<"device">(deviceId));
      if (result !== undefined) return { ...result };
      throw new PomonaError(
        "conflict",
        "push.not-possible",
        "This Mac cannot be woken: it is not enrolled, its push token was refused, or the tenant has no push certificate.",
      );
    },
  }),
];
