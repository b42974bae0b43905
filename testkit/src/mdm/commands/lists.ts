import { getArray, getBoolean, type PlistDictionary } from "@pomona/plist";
import type { MacModel } from "../../model/mac-model.ts";
import { acknowledged } from "../answer.ts";
import type { CommandHandler } from "../command-port.ts";

/** Apple: InstalledApplicationList. */
export const installedApplicationList: CommandHandler = ({ model }, command) => {
  const wanted = getArray(command, "Identifiers");
  const managedOnly = isManagedOnly(model, command, "ManagedAppsOnly");
  return acknowledged({
    InstalledApplicationList: model.applications
      .filter(({ bundleId }) => !managedOnly || Object.hasOwn(model.managedApplications, bundleId))
      .filter((application) => wanted === undefined || wanted.includes(application.bundleId))
      .map((application) => ({
        Identifier: application.bundleId,
        Name: application.name,
        Version: application.build,
        ShortVersion: application.version,
        BundleSize: application.sizeBytes,
        Installing: false,
        AppStoreVendable: false,
        DeviceBasedVPP: false,
        HasUpdateAvailable: false,
      })),
  });
};

/** Apple: ProfileList. */
export const profileList: CommandHandler = ({ model }, command) => {
  const managedOnly = isManagedOnly(model, command, "ManagedOnly");
  return acknowledged({
    ProfileList: model.profiles
      .filter((profile) => profile.isManaged || !managedOnly)
      .map((profile) => ({
        PayloadUUID: profile.uuid,
        PayloadIdentifier: profile.identifier,
        PayloadVersion: profile.version,
        ...texts({
          PayloadDisplayName: profile.displayName,
          PayloadOrganization: profile.organization,
          PayloadDescription: profile.description,
        }),
        PayloadRemovalDisallowed: profile.removalDisallowed,
        HasRemovalPasscode: false,
        IsEncrypted: false,
        IsManaged: profile.isManaged,
        SignerCertificates: profile.signers.map((der) => Buffer.from(der, "base64")),
        PayloadContent: profile.payloads.map((payload) => ({
          PayloadType: payload.type,
          PayloadVersion: payload.version,
          PayloadIdentifier: payload.identifier,
          PayloadUUID: payload.uuid,
          ...texts({ PayloadDisplayName: payload.displayName }),
        })),
      })),
  });
};

/** Apple: CertificateList. */
export const certificateList: CommandHandler = ({ model }, command) => {
  const managedOnly = isManagedOnly(model, command, "ManagedOnly");
  return acknowledged({
    CertificateList: model.certificates
      .filter((certificate) => certificate.profileIdentifier !== undefined || !managedOnly)
      .map((certificate) => ({
        CommonName: certificate.commonName,
        IsIdentity: certificate.isIdentity,
        Data: Buffer.from(certificate.der, "base64"),
      })),
  });
};

/** On its user's own Mac the server sees what it brought, whatever it asks for. */
const isManagedOnly = ({ userEnrollment }: MacModel, command: PlistDictionary, key: string): boolean =>
  userEnrollment !== undefined || getBoolean(command, key) === true;

const texts = (values: Record<string, string | undefined>): PlistDictionary =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined));
