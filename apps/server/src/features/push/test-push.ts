import type { OutputOf, sendTestPush } from "@pomona/contract";
import type { DeviceId, TenantId } from "@pomona/facts";
import { PomonaError } from "../../kernel/errors.ts";
import type { SeenTimes } from "../devices/index.ts";
import { meaningOf } from "./apns-errors.ts";
import { OUTCOMES } from "./push-journal.ts";
import type { PushAttempt } from "./push-once.ts";
import type { PushQueue } from "./push-queue.ts";

const LOOK_EVERY_MS = 20;

const WHY: Readonly<Record<(PushAttempt & { ok: false })["reason"], string>> = {
  "not-enrolled": "it is not enrolled",
  "no-token": "it has not told yet how it can be woken",
  "token-refused": "Apple refused its push token; it is pushed again when it sends another",
  "no-certificate": "there is no push certificate",
  "other-topic": "it is enrolled on another topic than that of the push certificate",
};

/**
 * One push for a person who wants to know: what Apple said, and how long the Mac took to answer.
 * @throws PomonaError `push.not-possible`
 */
export async function testPush(
  queue: PushQueue,
  seen: SeenTimes,
  to: { readonly tenantId: TenantId; readonly deviceId: DeviceId; readonly waitMs: number },
): Promise<OutputOf<typeof sendTestPush>> {
  const { tenantId, deviceId, waitMs } = to;
  const before = seen.of(deviceId).mdm;
  const began = performance.now();
  const attempt = await queue.pushNow({ tenantId, deviceId, channel: null });
  if (!attempt.ok) {
    const message = `This Mac cannot be woken: ${WHY[attempt.reason]}.`;
    throw new PomonaError("conflict", "push.not-possible", message);
  }
  const { status, reason, apnsId } = attempt.result;
  const { policy, meaning, advice } = meaningOf(status, reason);
  const deadline = policy === "done" ? began + waitMs : 0;
  const hasAnswered = () => seen.of(deviceId).mdm !== before;
  while (!hasAnswered() && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  const roundTripMs = waitMs > 0 && hasAnswered() ? Math.round(performance.now() - began) : null;
  return { status, reason, apnsId, outcome: OUTCOMES[policy], meaning, advice, roundTripMs };
}
