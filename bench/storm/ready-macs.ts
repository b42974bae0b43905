import { randomBytes, randomUUID } from "node:crypto";
import {
  type ApnsReceiver,
  authenticate,
  type EnrollmentState,
  fetchEnrollmentProfile,
  getCa,
  getCapabilities,
  makeMacModel,
  openDeviceChannel,
  openDeviceHttp,
  operation,
  prepareScep,
  readEnrollment,
  readProfile,
  tokenUpdate,
} from "@pomona/testkit";
import type { CallApi } from "../processes/call-api.ts";
import type { Answers } from "../processes/questions.ts";

/** A Mac with a key, a profile and a SCEP request that was never sent. */
export interface ReadyMac {
  /** SCEP, Authenticate and TokenUpdate over one connection of its own. @throws Error when one of them is refused */
  enroll(): Promise<void>;
}

const FETCHES_AT_ONCE = 16;

/** One Mac for each key, with a profile of its own from an invitation for all. What a Mac computes before it speaks is done. */
export async function readyMacs(
  call: CallApi,
  door: Answers["serve"],
  apns: ApnsReceiver,
  keys: readonly string[],
): Promise<readonly ReadyMac[]> {
  const { csr } = await call<{ csr: string }>("POST", "/push/certificate-requests", {
    organization: "Orchard",
    email: "it@orchard.example",
  });
  await call("PUT", "/push/certificate", { certificate: apns.authority.sign(csr).certificatePem });
  const { url } = await call<{ url: string }>("POST", "/enrollment-invitations", {
    name: "Storm",
    maxUses: keys.length,
  });
  const pool = openDeviceHttp({ roots: [door.ca] }, { maxSockets: FETCHES_AT_ONCE });
  const macs: ReadyMac[] = [];
  let next = 0;
  const fetchNext = async (): Promise<void> => {
    while (next < keys.length) {
      const at = next++;
      const bytes = await fetchEnrollmentProfile(url, [door.ca], pool);
      const { mdm, identity } = readEnrollment(readProfile(bytes));
      if (identity.method !== "scep") throw new Error("the storm enrolls by SCEP");
      const { scep } = identity;
      const exchange = prepareScep(scep, keys[at]!, await getCapabilities(pool, scep), await getCa(pool, scep));
      const mac = makeMacModel(`storm-${at}`);
      const pushToken = randomBytes(32).toString("hex");
      apns.register(pushToken, mdm.topic, () => true);
      macs[at] = {
        enroll: async () => {
          const http = openDeviceHttp({ roots: [door.ca] }, { maxSockets: 1 });
          try {
            const capabilities = await getCapabilities(http, scep);
            await getCa(http, scep);
            const certificate = exchange.read(await operation(http, scep, exchange.request, capabilities));
            if (certificate === undefined) throw new Error("SCEP left a request pending");
            const state: EnrollmentState = {
              mdm,
              profileIdentifier: "storm",
              identity: { certificate: Buffer.from(certificate.raw).toString("base64"), key: keys[at]! },
              pushToken,
              pushMagic: randomUUID().toUpperCase(),
              roots: [door.ca],
            };
            const channel = openDeviceChannel(state, "signature", http);
            await channel.checkIn(authenticate(mac, mdm.topic));
            await channel.checkIn(tokenUpdate(mac, state));
            channel.close();
          } finally {
            http.close();
          }
        },
      };
    }
  };
  await Promise.all(Array.from({ length: FETCHES_AT_ONCE }, fetchNext));
  pool.close();
  return macs;
}
