import { getBoolean, getDictionary, getInteger, type PlistDictionary } from "@pomona/plist";
import { count, itemsAt, optionalText, text, textsAt } from "./reading.ts";

/** A Mac's content cache; sizes in bytes, null where it does not say. */
export interface ReportedContentCaching {
  readonly isActivated: boolean;
  readonly isActive: boolean;
  readonly cacheStatus: string | null;
  readonly usedBytes: number | null;
  readonly freeBytes: number | null;
  readonly limitBytes: number | null;
  readonly servedToClientsBytes: number | null;
  readonly fetchedFromOriginBytes: number | null;
  readonly port: number | null;
  readonly publicAddress: string | null;
  readonly privateAddresses: readonly string[];
  readonly registrationError: string | null;
  readonly alerts: readonly string[];
}

/** The answer to ContentCachingInformation; undefined where it says nothing. */
export function readContentCaching(report: PlistDictionary): ReportedContentCaching | undefined {
  const status = getDictionary(report, "StatusResponse");
  if (status === undefined) return undefined;
  return {
    isActivated: getBoolean(status, "Activated") ?? false,
    isActive: getBoolean(status, "Active") ?? false,
    cacheStatus: optionalText(status, "CacheStatus") ?? null,
    usedBytes: count(status, "CacheUsed"),
    freeBytes: count(status, "CacheFree"),
    limitBytes: count(status, "CacheLimit"),
    servedToClientsBytes: count(status, "TotalBytesReturnedToClients"),
    fetchedFromOriginBytes: count(status, "TotalBytesStoredFromOrigin"),
    port: getInteger(status, "Port") ?? null,
    publicAddress: optionalText(status, "PublicAddress") ?? null,
    privateAddresses: textsAt(status, "PrivateAddresses"),
    registrationError: optionalText(status, "RegistrationError") ?? null,
    alerts: itemsAt(status, "Alerts").map((alert) => text(alert, "className")),
  };
}
