import { hash as digest } from "node:crypto";
import type { MovingEnrollment, MovingOutcome, MovingRecord } from "@pomona/contract";
import type { TenantId } from "@pomona/facts";
import { type Certificate, decodePem, parseCertificate } from "@pomona/pki";
import { PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { type EnrollmentFeature, rivalsOf } from "../enrollment/index.ts";
import { keepBootstrapToken } from "../escrow/index.ts";
import { pushTopic, readUpload, storePushCertificate } from "../push/index.ts";
import type { Authority } from "../tenants/index.ts";
import { judgePin } from "./judge-enrollment.ts";
import { insertMoved, putIssuer, putTerms, readIssuers, readTerms } from "./moving-in.sql.ts";
import { readOldProfile } from "./old-profile.ts";

export interface ImportPorts {
  readonly kernel: Kernel;
  readonly authority: Pick<Authority, "crypto" | "adopt" | "isKnown">;
  readonly enrollment: Pick<EnrollmentFeature, "adopt">;
  /** Called after the commit of a push certificate. */
  readonly onPushCertificate: (tenantId: TenantId) => void;
}

const base64 = (text: string): Uint8Array => Buffer.from(text, "base64");
const nothing = { reason: null, brings: [] as string[], leaves: [] as string[] };

/**
 * Takes records over, in order, in one transaction. What is here already is left as it is, so that a file can be sent again;
 * a record that cannot come over says why and holds up no other.
 */
export async function takeOver(
  tx: WriteTransaction,
  ports: ImportPorts,
  records: readonly MovingRecord[],
): Promise<MovingOutcome[]> {
  const outcomes: MovingOutcome[] = [];
  for (const record of records) {
    if (record.kind === "push-certificate") outcomes.push(await takePushCertificate(tx, ports, record));
    else if (record.kind === "enrollment-profile") outcomes.push(await takeProfile(tx, record.profile));
    else if (record.kind === "issuer") outcomes.push(await takeIssuer(tx, record.certificate));
    else outcomes.push(await takeEnrollment(tx, ports, record));
  }
  return outcomes;
}

async function takePushCertificate(
  tx: WriteTransaction,
  ports: ImportPorts,
  record: { readonly certificate: string; readonly privateKey: string },
): Promise<MovingOutcome> {
  const kind = "push-certificate" as const;
  let name = "";
  try {
    const upload = readUpload(ports.authority.crypto, record.certificate, record.privateKey);
    name = upload.topic;
    const { kernel } = ports;
    if (!(await storePushCertificate(tx, kernel, upload, false)))
      return { kind, name, outcome: "unchanged", ...nothing };
    const { tenantId } = tx.scope;
    tx.afterCommit(() => ports.onPushCertificate(tenantId));
    return { kind, name, outcome: "imported", ...nothing, brings: ["certificate and key, the key sealed"] };
  } catch (error) {
    if (!(error instanceof PomonaError)) throw error;
    return { kind, name, outcome: "refused", ...nothing, reason: error.message };
  }
}

async function takeProfile(tx: WriteTransaction, base64Profile: string): Promise<MovingOutcome> {
  const kind = "enrollment-profile" as const;
  const terms = readOldProfile(base64(base64Profile));
  if (typeof terms === "string") return { kind, name: "", outcome: "refused", ...nothing, reason: terms };
  const name = terms.installedAs?.identifier ?? "";
  if (!(await putTerms(tx, terms))) return { kind, name, outcome: "unchanged", ...nothing };
  const brings = ["names, address and rights of the installed profile: a renewed identity comes in an update of it"];
  return { kind, name, outcome: "imported", reason: null, brings, leaves: ["its other payloads"] };
}

async function takeIssuer(tx: WriteTransaction, pem: string): Promise<MovingOutcome> {
  const kind = "issuer" as const;
  let certificate: Certificate;
  try {
    certificate = parseCertificate(decodePem(pem, "CERTIFICATE")[0]!.der);
  } catch {
    return { kind, name: "", outcome: "refused", ...nothing, reason: "this is no certificate in PEM" };
  }
  const name = certificate.subject.text;
  const isNew = await putIssuer(tx, digest("sha256", certificate.raw, "hex"), certificate.raw);
  if (!isNew) return { kind, name, outcome: "unchanged", ...nothing };
  return {
    kind,
    name,
    outcome: "imported",
    reason: null,
    brings: ["trust for the identities of Macs that move into this tenant"],
    leaves: ["its key: further identities come from our own authority"],
  };
}

async function takeEnrollment(
  tx: WriteTransaction,
  ports: ImportPorts,
  record: MovingEnrollment,
): Promise<MovingOutcome> {
  const { identifier } = record;
  const outcome = (kind: MovingOutcome["outcome"], more: Partial<MovingOutcome> = {}): MovingOutcome => ({
    kind: "enrollment",
    name: identifier,
    outcome: kind,
    ...nothing,
    ...more,
  });
  const refuse = (reason: string) => outcome("refused", { reason });
  if (record.enabled === false) return refuse("it has left the old server");
  const topic = await pushTopic(tx);
  if (topic === undefined) return refuse("the tenant has no push certificate: give the old server's first");
  if (topic !== record.topic)
    return refuse(`it is enrolled on ${record.topic}, and the push certificate is for ${topic}`);
  const terms = await readTerms(tx);
  if (terms === undefined)
    return refuse(
      "the old server's enrollment profile is not known: give it first, no identity could be renewed without",
    );
  if (terms.topic !== topic) return refuse(`the old server's enrollment profile is for ${terms.topic}`);
  const serialNumber = record.serialNumber ?? null;
  const issuers = (await readIssuers(tx, "tenant")).map(({ certificate }) => parseCertificate(certificate));
  const verdict = judgePin(ports.authority.crypto, record, issuers, tx.now);
  if (!verdict.ok) return refuse(verdict.reason);
  const { pin } = verdict;
  const [rival] = await rivalsOf(tx, { identifier, serialNumber });
  if (rival !== undefined) {
    const isSame = rival.identifier === identifier;
    return isSame ? outcome("unchanged") : refuse("another enrollment with its serial number is live here");
  }
  if (pin !== null && (await ports.authority.isKnown(tx, pin.hash)))
    return refuse("its certificate belongs to another enrollment here");
  const users = record.users ?? [];
  const { enrollmentId, deviceId } = await ports.enrollment.adopt(tx, {
    identifier,
    isUserEnrollment: record.isUserEnrollment ?? false,
    serialNumber,
    name: record.deviceName ?? "",
    model: record.model ?? "",
    osVersion: record.osVersion ?? "",
    topic,
    pushToken: Buffer.from(record.pushToken, "hex"),
    pushMagic: record.pushMagic,
    unlockToken: record.unlockToken === undefined || record.unlockToken === null ? null : base64(record.unlockToken),
    tally: record.tokenUpdates ?? 1,
    enrolledAt: record.enrolledAt === undefined || record.enrolledAt === null ? tx.now : Date.parse(record.enrolledAt),
    terms,
    pin,
    users: users.map((user) => ({
      userId: user.userId,
      shortName: user.shortName ?? null,
      longName: user.longName ?? null,
      pushToken: Buffer.from(user.pushToken, "hex"),
      pushMagic: user.pushMagic,
    })),
  });
  if (pin !== null) await ports.authority.adopt(tx, pin, enrollmentId);
  await insertMoved(tx, { enrollmentId, identifier, deviceId, isPinned: pin !== null });
  const token = record.bootstrapToken ?? "";
  const keptToken = token !== "" && (await keepBootstrapToken(tx, ports.kernel, deviceId, base64(token)));
  await tx.publish({ type: "device.moved-in", deviceId, data: { serialNumber } });
  return outcome("imported", {
    brings: [
      "the enrollment and how it is woken",
      ...(pin === null ? [] : ["its certificate"]),
      ...(users.length === 0 ? [] : [`${users.length} users' channels`]),
      ...(record.unlockToken === undefined || record.unlockToken === null ? [] : ["its unlock token, sealed"]),
      ...(keptToken ? ["its bootstrap token, sealed"] : []),
    ],
    leaves: [
      ...verdict.leaves,
      ...(token === "" ? ["its bootstrap token is not in the file: it comes when the Mac sends it again"] : []),
      "commands that wait on the old server",
    ],
  });
}
