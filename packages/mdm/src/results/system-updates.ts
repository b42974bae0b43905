import { getBoolean, getInteger, type PlistDictionary } from "@pomona/plist";
import { readErrorChain } from "../error-chain.ts";
import { count, itemsAt, text, time } from "./reading.ts";

/** An update that a Mac offers; times in ms, sizes in bytes. */
export interface ReportedUpdate {
  readonly productKey: string;
  readonly name: string;
  readonly version: string;
  readonly build: string;
  readonly downloadBytes: number | null;
  readonly isMajor: boolean;
  readonly isCritical: boolean;
  readonly needsRestart: boolean;
  readonly needsBootstrapToken: boolean;
  readonly deferredUntil: number | null;
}

/** How far an update has come; `downloaded` from 0 to 1. */
export interface ReportedUpdateProgress {
  readonly productKey: string;
  readonly status: string;
  readonly isDownloaded: boolean;
  readonly downloaded: number;
  readonly deferralsRemaining: number | null;
  readonly nextInstallAt: number | null;
}

/** The answer to AvailableOSUpdates. A Rapid Security Response shows in the supplement: `15.1 (a)`. */
export const readAvailableUpdates = (report: PlistDictionary): readonly ReportedUpdate[] =>
  itemsAt(report, "AvailableOSUpdates").map((item) => ({
    productKey: text(item, "ProductKey"),
    name: text(item, "HumanReadableName") || text(item, "ProductName"),
    version: `${text(item, "Version")} ${text(item, "SupplementalOSVersionExtra")}`.trim(),
    build: text(item, "SupplementalBuildVersion") || text(item, "Build"),
    downloadBytes: count(item, "DownloadSize"),
    isMajor: getBoolean(item, "IsMajorOSUpdate") ?? false,
    isCritical: getBoolean(item, "IsCritical") ?? false,
    needsRestart: getBoolean(item, "RestartRequired") ?? false,
    needsBootstrapToken: getBoolean(item, "RequiresBootstrapToken") ?? false,
    deferredUntil: time(item, "DeferredUntil"),
  }));

/** The answer to OSUpdateStatus. */
export const readUpdateStatus = (report: PlistDictionary): readonly ReportedUpdateProgress[] =>
  itemsAt(report, "OSUpdateStatus").map((item) => ({
    productKey: text(item, "ProductKey"),
    status: text(item, "Status"),
    isDownloaded: getBoolean(item, "IsDownloaded") ?? false,
    downloaded: Math.min(1, Math.max(0, count(item, "DownloadPercentComplete") ?? 0)),
    deferralsRemaining: getInteger(item, "DeferralsRemaining") ?? null,
    nextInstallAt: time(item, "NextScheduledInstall"),
  }));

/** What the Mac made of each update of a ScheduleOSUpdate; `problem` in words where it will not happen. */
export const readScheduledUpdates = (
  report: PlistDictionary,
): readonly { readonly productKey: string; readonly problem: string | undefined }[] =>
  itemsAt(report, "UpdateResults").map((item) => {
    const status = text(item, "Status");
    const hasFailed =
      text(item, "InstallAction") === "Error" || /Failed$|Insufficient|Requires|InProgress$/.test(status);
    // Apple has this chain as a dictionary in one place and as a list in another.
    const chain = item["ErrorChain"];
    const why = readErrorChain(Array.isArray(chain) ? chain : chain === undefined ? [] : [chain])[0]?.text;
    return { productKey: text(item, "ProductKey"), problem: hasFailed ? (why ?? status) || "Error" : undefined };
  });
