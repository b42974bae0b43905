import { hash } from "node:crypto";
import type { InstalledCertificate } from "@pomona/contract";
import { readCertificateList } from "@pomona/mdm";
import { type Certificate, parseCertificate } from "@pomona/pki";
import { storeReport } from "../../devices/index.ts";
import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./empty-input.ts";

export const certificateList = defineCommand({
  requestType: "CertificateList",
  summary: "Ask for the installed certificates",
  risk: "change",
  input: emptyInput,
  payload: () => ({}),
  onAcknowledged: async (tx, deviceId, report) => {
    const items = readCertificateList(report).map(({ commonName, isIdentity, der }): InstalledCertificate => {
      const notAfter = parsed(der)?.notAfter;
      return {
        commonName,
        isIdentity,
        notAfter: notAfter === undefined ? null : new Date(notAfter).toISOString(),
        sha256: hash("sha256", der, "hex"),
      };
    });
    await storeReport(tx, deviceId, { kind: "certificates", source: "mdm", at: tx.now, items });
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
