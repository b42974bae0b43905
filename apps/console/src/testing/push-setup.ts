import type { ApnsReceiver } from "@pomona/testkit";
import type { TestApi } from "./test-api.ts";

/** Walks the way to a push certificate: a request here, signed as by Apple, uploaded. */
export const setUpPush = async (api: TestApi, tenantId: string, apns: ApnsReceiver): Promise<void> => {
  const { csr } = await api<{ csr: string }>("POST", "/push/certificate-requests", tenantId, {
    organization: "Orchard",
    email: "mdm@orchard.example",
  });
  const { certificatePem } = apns.authority.sign(csr);
  await api("PUT", "/push/certificate", tenantId, { certificate: certificatePem });
};
