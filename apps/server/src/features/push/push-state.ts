import type { PushState } from "@pomona/contract";
import { decodePem, parseCertificate } from "@pomona/pki";
import type { ReadTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import { readRefusedTokens } from "../enrollment/index.ts";
import { meaningOf } from "./apns-errors.ts";
import { daysLeft } from "./certificate-end.ts";
import type { PushSender, PushSession, VendorSigner } from "./ports.ts";
import { type PushCertificate, readPushCertificate } from "./push.sql.ts";
import type { PushJournal } from "./push-journal.ts";
import type { PushQueue } from "./push-queue.ts";

const REFUSED_LISTED = 100;

export interface PushStatePorts {
  readonly queue: PushQueue;
  readonly journal: PushJournal;
  readonly sender: PushSender;
  readonly signing: VendorSigner;
}

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Whether push works for the scope's tenant, and why not. */
export async function pushState(tx: ReadTransaction, ports: PushStatePorts): Promise<PushState> {
  const { queue, journal, sender, signing } = ports;
  const stored = await readPushCertificate(tx);
  const lane = queue.lane(tx.scope.tenantId);
  const failure = stored?.lastFailure ?? null;
  const told = failure && { ...failure, ...wordsOf(failure.status, failure.reason) };
  const session = stored && sender.sessionOf(stored.topic);
  return {
    ...verdict(stored, tx.now, lane.circuit.trouble === "retry", told),
    ...certificateRows(stored, tx.now),
    endpoint: sender.endpoint,
    session: session === undefined ? null : sessionRows(session),
    lastPushAt: time(journal.takenAt(tx.scope.tenantId) ?? stored?.lastPushAt ?? null),
    lastError: failure && `${failure.reason} (${failure.status})`,
    lastFailure: told && { ...told, at: time(told.at)! },
    lastDay: await journal.lastDay(tx),
    waiting: lane.parkedCount,
    nextTryAt: time(lane.circuit.nextTryAt ?? null),
    refusedMacs: await refusedMacs(tx),
    signingUrl: signing.url ?? null,
  };
}

const wordsOf = (status: number, reason: string) => {
  const { meaning, advice } = meaningOf(status, reason);
  return { meaning, advice };
};

type Verdict = Pick<PushState, "state" | "meaning" | "advice">;
const RENEW =
  "Renew it at Apple with the same Apple Account, and upload it: with a new one every Mac would have to enroll again.";

function verdict(
  stored: PushCertificate | undefined,
  now: number,
  isUnreachable: boolean,
  told: { readonly meaning: string; readonly advice: string } | null,
): Verdict {
  if (stored === undefined) {
    return {
      state: "missing",
      meaning: "There is no push certificate: no Mac can enroll, and none is woken.",
      advice: "Make a certificate request, have it signed, and get the certificate from identity.apple.com/pushcert.",
    };
  }
  if (stored.notAfter <= now)
    return { state: "expired", meaning: "The push certificate has expired: no Mac is woken.", advice: RENEW };
  if (stored.refusal !== null) {
    const status = stored.lastFailure?.reason === stored.refusal ? stored.lastFailure.status : 403;
    return { state: "refused", ...wordsOf(status, stored.refusal) };
  }
  if (isUnreachable && told !== null) return { state: "unreachable", meaning: told.meaning, advice: told.advice };
  const days = daysLeft(stored.notAfter, now);
  const isEnding = days < 30;
  return {
    state: "ready",
    meaning: isEnding ? `Macs can be woken, but the certificate ends in ${days} days.` : "Macs can be woken.",
    advice: isEnding ? RENEW : null,
  };
}

function certificateRows(stored: PushCertificate | undefined, now: number) {
  if (stored === undefined) {
    const none = { topic: null, issuedAt: null, expiresAt: null, daysLeft: null };
    return { ...none, subject: null, issuer: null, serialNumber: null };
  }
  const certificate = parseCertificate(decodePem(stored.certificate, "CERTIFICATE")[0]!.der);
  return {
    topic: stored.topic,
    issuedAt: time(certificate.notBefore),
    expiresAt: time(stored.notAfter),
    daysLeft: daysLeft(stored.notAfter, now),
    subject: stored.subject,
    issuer: certificate.issuer.text,
    serialNumber: certificate.serialHex,
  };
}

function sessionRows(session: PushSession): NonNullable<PushState["session"]> {
  const told = (event: { readonly at: number; readonly reason: string } | null) =>
    event && { at: time(event.at)!, reason: event.reason, ...wordsOf(0, event.reason) };
  return {
    ...session,
    connectedSince: time(session.connectedSince),
    lastGoAway: told(session.lastGoAway),
    lastFault: told(session.lastFault),
  };
}

async function refusedMacs(tx: ReadTransaction): Promise<PushState["refusedMacs"]> {
  const macs: PushState["refusedMacs"] = [];
  for (const { deviceId, channel } of await readRefusedTokens(tx, REFUSED_LISTED)) {
    const device = await readDevice(tx, deviceId);
    macs.push({ deviceId, name: device?.name ?? "", serialNumber: device?.serialNumber ?? null, channel });
  }
  return macs;
}
