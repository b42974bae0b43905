import { getArray, getBoolean, getData, getNumber, getString, isDictionary, type PlistDictionary } from "@pomona/plist";

/** No Mac has more, and a hostile one shall not fill the store with rows. */
const MAX_ITEMS = 10_000;

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

/** The answer to InstalledApplicationList. */
export function readInstalledApplications(report: PlistDictionary): readonly ReportedApplication[] {
  return itemsAt(report, "InstalledApplicationList").map((item) => {
    const size = getNumber(item, "BundleSize");
    return {
      name: text(item, "Name"),
      bundleId: text(item, "Identifier"),
      version: text(item, "ShortVersion") || text(item, "Version"),
      sizeBytes: size === undefined || !Number.isFinite(size) ? null : size,
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

const itemsAt = (dictionary: PlistDictionary, key: string): readonly PlistDictionary[] =>
  (getArray(dictionary, key) ?? []).slice(0, MAX_ITEMS).filter(isDictionary);

const text = (dictionary: PlistDictionary, key: string): string => (getString(dictionary, key) ?? "").slice(0, 1024);
