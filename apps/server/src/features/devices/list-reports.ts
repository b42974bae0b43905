import {
  type Application,
  type ContentCaching,
  type InstalledCertificate,
  type InstalledProfile,
  listApplications,
  listCertificates,
  listContentCaching,
  listManagedApplications,
  listProfiles,
  listProvisioningProfiles,
  listQuarantine,
  listSystemUpdateProgress,
  listSystemUpdates,
  listTimeline,
  listUsers,
  type MacUser,
  type ManagedApplication,
  type ProvisioningProfile,
  type SystemUpdate,
  type SystemUpdateProgress,
} from "@pomona/contract";
import { asId } from "@pomona/facts";
import { bindAction } from "../../kernel/action.ts";
import { notFound } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { readDevice } from "./devices.sql.ts";
import { type ReportKind, readQuarantined, readReports } from "./reports.sql.ts";

async function reported<Item>(tx: ReadTransaction, deviceId: string, kind: ReportKind) {
  const id = asId<"device">(deviceId);
  if ((await readDevice(tx, id)) === undefined) throw notFound("device", deviceId);
  const reports = await readReports(tx, id, kind);
  const newest = Math.max(...reports.map((report) => report.at));
  return {
    items: reports.flatMap((report) => report.items as Item[]),
    nextCursor: null,
    reportedAt: reports.length === 0 ? null : new Date(newest).toISOString(),
  };
}

export const reportActions = (kernel: Pick<Kernel, "facts">) => [
  bindAction(listApplications, { run: ({ tx }, { deviceId }) => reported<Application>(tx, deviceId, "applications") }),
  bindAction(listProfiles, { run: ({ tx }, { deviceId }) => reported<InstalledProfile>(tx, deviceId, "profiles") }),
  bindAction(listCertificates, {
    run: ({ tx }, { deviceId }) => reported<InstalledCertificate>(tx, deviceId, "certificates"),
  }),
  bindAction(listUsers, { run: ({ tx }, { deviceId }) => reported<MacUser>(tx, deviceId, "users") }),
  bindAction(listManagedApplications, {
    run: ({ tx }, { deviceId }) => reported<ManagedApplication>(tx, deviceId, "managed-applications"),
  }),
  bindAction(listProvisioningProfiles, {
    run: ({ tx }, { deviceId }) => reported<ProvisioningProfile>(tx, deviceId, "provisioning-profiles"),
  }),
  bindAction(listSystemUpdates, {
    run: ({ tx }, { deviceId }) => reported<SystemUpdate>(tx, deviceId, "system-updates"),
  }),
  bindAction(listSystemUpdateProgress, {
    run: ({ tx }, { deviceId }) => reported<SystemUpdateProgress>(tx, deviceId, "system-update-progress"),
  }),
  bindAction(listContentCaching, {
    run: ({ tx }, { deviceId }) => reported<ContentCaching>(tx, deviceId, "content-caching"),
  }),
  bindAction(listTimeline, {
    run: async ({ tx }, { deviceId, limit = 100, cursor }) => {
      const id = asId<"device">(deviceId);
      if ((await readDevice(tx, id)) === undefined) throw notFound("device", deviceId);
      const before = cursor === undefined ? undefined : Number.parseInt(cursor, 10) || 0;
      const page = { limit: limit + 1, ...(before === undefined ? {} : { before }) };
      const facts = await kernel.facts.readOfDevice(tx.scope.tenantId, id, page);
      const items = facts.slice(0, limit).map((fact) => ({
        id: fact.id,
        position: fact.position,
        type: fact.type,
        at: new Date(fact.at).toISOString(),
        data: fact.data as Record<string, unknown>,
      }));
      return { items, nextCursor: facts.length > limit ? String(items.at(-1)!.position) : null };
    },
  }),
  bindAction(listQuarantine, {
    run: async ({ tx }, { limit = 100, cursor }) => {
      const rows = await readQuarantined(tx, cursor, limit + 1);
      const items = rows.slice(0, limit).map((row) => ({
        id: row.id,
        at: new Date(row.at).toISOString(),
        channel: row.channel as "device" | "agent",
        deviceId: row.device_id,
        subject: row.subject,
        reason: row.reason,
        sizeBytes: row.size_bytes,
      }));
      return { items, nextCursor: rows.length > limit ? items.at(-1)!.id : null };
    },
  }),
];
