import { getBoolean, getData, getInteger, isDictionary, type PlistDictionary } from "@pomona/plist";
import { count, itemsAt, text, time } from "./reading.ts";

export interface ReportedApplication {
  readonly name: string;
  readonly bundleId: string;
  readonly version: string;
  readonly sizeBytes: number | null;
}
export interface ReportedProfile {
  readonly identifier: string;
  readonly uuid: string;
  readonly displayName: string;
  readonly organization: string;
  readonly isManaged: boolean;
  readonly payloads: readonly { readonly identifier: string; readonly type: string }[];
}
export interface ReportedCertificate {
  readonly commonName: string;
  readonly isIdentity: boolean;
  /** DER as the Mac sent it; not necessarily a certificate that parses. */
  readonly der: Uint8Array;
}

export interface ReportedUser {
  readonly name: string;
  readonly fullName: string;
  readonly uid: number;
  readonly guid: string;
  readonly isLoggedIn: boolean;
  readonly isMobileAccount: boolean;
  /** null where the Mac does not say. */
  readonly hasSecureToken: boolean | null;
}
export interface ReportedManagedApplication {
  readonly bundleId: string;
  /** Apple's word, such as `Managed`, `Installing`, `Failed`. */
  readonly status: string;
  readonly isRemovedWithEnrollment: boolean;
  readonly hasConfiguration: boolean;
}
export interface ReportedProvisioningProfile {
  readonly name: string;
  readonly uuid: string;
  /** In ms. */
  readonly expiresAt: number | null;
}

/** The answer to InstalledApplicationList. */
export function readInstalledApplications(report: PlistDictionary): readonly ReportedApplication[] {
  return itemsAt(report, "InstalledApplicationList").map((item) => {
    return {
      name: text(item, "Name"),
      bundleId: text(item, "Identifier"),
      version: text(item, "ShortVersion") || text(item, "Version"),
      sizeBytes: count(item, "BundleSize"),
    };
  });
}

/** The answer to ProfileList. */
export function readProfileList(report: PlistDictionary): readonly ReportedProfile[] {
  return itemsAt(report, "ProfileList").map((item) => ({
    identifier: text(item, "PayloadIdentifier"),
    uuid: text(item, "PayloadUUID"),
    displayName: text(item, "PayloadDisplayName"),
    organization: text(item, "PayloadOrganization"),
    isManaged: getBoolean(item, "IsManaged") ?? false,
    payloads: itemsAt(item, "PayloadContent").map((payload) => ({
      identifier: text(payload, "PayloadIdentifier"),
      type: text(payload, "PayloadType"),
    })),
  }));
}

/** The answer to CertificateList; items without data are left out. */
export function readCertificateList(report: PlistDictionary): readonly ReportedCertificate[] {
  return itemsAt(report, "CertificateList").flatMap((item) => {
    const der = getData(item, "Data");
    if (der === undefined) return [];
    return [{ commonName: text(item, "CommonName"), isIdentity: getBoolean(item, "IsIdentity") ?? false, der }];
  });
}

/** The answer to UserList. Items without a name are left out. */
export function readUserList(report: PlistDictionary): readonly ReportedUser[] {
  return itemsAt(report, "Users").flatMap((item) => {
    const name = text(item, "UserName");
    if (name === "") return [];
    return [
      {
        name,
        fullName: text(item, "FullName"),
        uid: getInteger(item, "UID") ?? -1,
        guid: text(item, "UserGUID"),
        isLoggedIn: getBoolean(item, "IsLoggedIn") ?? false,
        isMobileAccount: getBoolean(item, "MobileAccount") ?? false,
        hasSecureToken: getBoolean(item, "HasSecureToken") ?? null,
      },
    ];
  });
}

/** Bit of ManagementFlags: the application goes with the enrollment. */
const REMOVE_WITH_ENROLLMENT = 1;

/** The answer to ManagedApplicationList: a dictionary by bundle identifier, in the order of the identifiers. */
export function readManagedApplications(report: PlistDictionary): readonly ReportedManagedApplication[] {
  const byIdentifier = report["ManagedApplicationList"];
  if (!isDictionary(byIdentifier)) return [];
  return Object.keys(byIdentifier)
    .toSorted()
    .slice(0, 10_000)
    .flatMap((bundleId) => {
      const item = byIdentifier[bundleId];
      if (!isDictionary(item)) return [];
      return [
        {
          bundleId: bundleId.slice(0, 1024),
          status: text(item, "Status"),
          isRemovedWithEnrollment: ((getInteger(item, "ManagementFlags") ?? 0) & REMOVE_WITH_ENROLLMENT) !== 0,
          hasConfiguration: getBoolean(item, "HasConfiguration") ?? false,
        },
      ];
    });
}

/** The answer to ProvisioningProfileList. */
export const readProvisioningProfiles = (report: PlistDictionary): readonly ReportedProvisioningProfile[] =>
  itemsAt(report, "ProvisioningProfileList").map((item) => ({
    name: text(item, "Name"),
    uuid: text(item, "UUID"),
    expiresAt: time(item, "ExpiryDate"),
  }));
