import { hash } from "node:crypto";
import type { InstalledCertificate } from "@pomona/contract";
import { readCertificateList } from "@pomona/mdm";
import { type Certificate, parseCertificate } from "@pomona/pki";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { closed } from "./parts/fields.ts";
import { storeList } from "./parts/store-list.ts";

export const certificateList = defineCommand({
  requestType: "CertificateList",
  summary: "Ask for the installed certificates",
  risk: "read",
  input: closed({ managedOnly: Type.Optional(Type.Boolean({ description: "only those that MDM installed" })) }),
  payload: ({ managedOnly }) => (managedOnly === undefined ? {} : { ManagedOnly: managedOnly }),
  onAcknowledged: async (tx, deviceId, report, { managedOnly }) => {
    const items = readCertificateList(report).map(({ commonName, isIdentity, der }): InstalledCertificate => {
      const notAfter = parsed(der)?.notAfter;
      return {
        commonName,
        isIdentity,
        notAfter: notAfter === undefined ? null : new Date(notAfter).toISOString(),
        sha256: hash("sha256", der, "hex"),
      };
    });
    const part = { keyOf: (item: InstalledCertificate) => item.sha256 };
    await storeList(tx, deviceId, { kind: "certificates", items, ...(managedOnly === true ? { part } : {}) });
  },
});

/** A keychain may hold what we cannot read; it is listed without its end. */
function parsed(der: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(der);
  } catch {
    return undefined;
  }
}
