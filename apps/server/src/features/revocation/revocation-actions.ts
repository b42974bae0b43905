import {
  type IssuedIdentity,
  listIdentities,
  listRevocations,
  revokeCertificate,
  showAuthority,
} from "@pomona/contract";
import { asId } from "@pomona/facts";
import { decodePem, encodePem, parseCertificate } from "@pomona/pki";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { notFound, PomonaError } from "../../kernel/errors.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import {
  certificateHash,
  findCertificate,
  type KnownCertificate,
  pkiUrls,
  readCertificatesOf,
  readRevoked,
} from "../tenants/index.ts";
import type { RevocationPorts } from "./ports.ts";

const time = (ms: number): string => new Date(ms).toISOString();

async function toIdentity(
  tx: ReadTransaction,
  ports: Pick<RevocationPorts, "deviceOf" | "nameOf">,
  known: KnownCertificate,
): Promise<IssuedIdentity> {
  const { hash, role, serial, enrollmentId } = known;
  const deviceId = known.deviceId ?? (enrollmentId === null ? null : await ports.deviceOf(tx, enrollmentId));
  return {
    hash,
    role,
    serialNumber: serial,
    notBefore: time(known.notBefore),
    notAfter: time(known.notAfter),
    revokedAt: known.revokedAt === null ? null : time(known.revokedAt),
    reason: known.revocationReason,
    deviceId,
    deviceName: deviceId === null ? null : ((await ports.nameOf(tx, deviceId)) ?? null),
  };
}

export const revocationActions = (ports: RevocationPorts): readonly BoundAction[] => [
  bindAction(listIdentities, {
    run: async ({ tx }, input) => {
      const deviceId = asId<"device">(input.deviceId);
      if ((await ports.nameOf(tx, deviceId)) === undefined) throw notFound("device", input.deviceId);
      const rows = await readCertificatesOf(tx, deviceId, await ports.enrollmentsOf(tx, deviceId));
      const items: IssuedIdentity[] = [];
      for (const row of rows) items.push(await toIdentity(tx, ports, row));
      return { items, nextCursor: null };
    },
  }),

  bindAction(revokeCertificate, {
    run: async ({ tx, scope }, { hash, reason, comment }) => {
      const known = await findCertificate(tx, hash);
      if (known === undefined || known.tenantId !== scope.tenantId) throw notFound("certificate", hash);
      const shown = await toIdentity(tx, ports, known);
      if (known.revokedAt !== null) return shown;
      await ports.authority.revoke(tx, { hash }, { reason });
      const words = comment === undefined || comment === "" ? reason : `${reason}: ${comment}`;
      await tx.publish({
        type: "certificate.revoked",
        ...(shown.deviceId === null ? {} : { deviceId: asId<"device">(shown.deviceId) }),
        data: { certificate: hash, role: known.role, reason: words, by: scope.actor.name },
      });
      return { ...shown, revokedAt: time(tx.now), reason };
    },
  }),

  bindAction(listRevocations, {
    run: async ({ tx }, { limit = 100, cursor }) => {
      const after = cursor === undefined ? undefined : readCursor(cursor);
      const rows = await readRevoked(tx, { limit: limit + 1, ...(after === undefined ? {} : { after }) });
      const page = rows.slice(0, limit);
      const items: IssuedIdentity[] = [];
      for (const row of page) items.push(await toIdentity(tx, ports, row));
      const last = page.at(-1);
      const nextCursor = rows.length > limit && last !== undefined ? `${last.revokedAt}.${last.hash}` : null;
      return { items, nextCursor };
    },
  }),

  bindAction(showAuthority, {
    prepare: (scope) => ports.authority.intermediate(scope.tenantId),
    run: async ({ tx, scope, prepared }) => {
      const own = pkiUrls(ports.pkiUrl(), scope.tenantId);
      const { rootPem } = ports.authority;
      const root = parseCertificate(decodePem(rootPem, "CERTIFICATE")[0]!.der);
      return {
        certificate: encodePem("CERTIFICATE", prepared.certificate.raw),
        root: rootPem,
        expiresAt: time(prepared.certificate.notAfter),
        rootExpiresAt: time(root.notAfter),
        fingerprint: certificateHash(prepared.certificate.raw),
        rootFingerprint: certificateHash(root.raw),
        crlUrl: own.crl,
        ocspUrl: own.ocsp,
        rootCrlUrl: pkiUrls(ports.pkiUrl(), "root").crl,
        revoked: (await readRevoked(tx)).length,
      };
    },
  }),
];

function readCursor(cursor: string): { readonly revokedAt: number; readonly hash: string } {
  const [, at, hash] = /^(\d{1,15})\.([0-9a-f]{64})$/.exec(cursor) ?? [];
  if (at === undefined || hash === undefined)
    throw new PomonaError("invalid", "revocation.cursor", "This cursor is none of ours: begin again without one.");
  return { revokedAt: Number(at), hash };
}
