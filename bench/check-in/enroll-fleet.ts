import { createHash } from "node:crypto";
import {
  type ApnsReceiver,
  authenticate,
  type EnrollmentState,
  fetchEnrollmentProfile,
  makeMacModel,
  openDeviceChannel,
  openDeviceHttp,
  prepareEnrollment,
  tokenUpdate,
} from "@pomona/testkit";
import { callApi } from "../processes/call-api.ts";
import type { Child } from "../processes/child.ts";
import { makeIdentityKeys } from "./identity-keys.ts";

/** An enrolled Mac: what it signs with and how it calls itself. */
export interface EnrolledMac {
  readonly udid: string;
  readonly state: EnrollmentState;
}

const AT_ONCE = 16;

/** Enrolls so many Macs over the real protocol, each with a key of its own: invitation, profile, SCEP, Authenticate, TokenUpdate. */
export async function enrollFleet(
  server: Child,
  apns: ApnsReceiver,
  dataDir: string,
  count: number,
): Promise<readonly EnrolledMac[]> {
  const keys = await makeIdentityKeys(count);
  const door = await server.ask({ ask: "serve", dataDir, apns: { url: apns.url, ca: apns.authority.rootPem } });
  const call = callApi(door);
  const { csr } = await call<{ csr: string }>("POST", "/push/certificate-requests", {
    organization: "Orchard",
    email: "it@orchard.example",
  });
  await call("PUT", "/push/certificate", { certificate: apns.authority.sign(csr).certificatePem });
  // What escrow would ask of these Macs by itself, it would ask in the middle of a measurement.
  for (const kind of ["fileVaultKey", "activationLockDevice"]) {
    const policy = { kind, isAutomatic: false, everyDays: null, afterRevealMinutes: null, keepOldDays: 365 };
    await call("PUT", "/escrow/policies", policy);
  }
  const invitation = await call<{ url: string }>("POST", "/enrollment-invitations", {
    name: "Fleet",
    maxUses: count,
  });
  const pool = openDeviceHttp({ roots: [door.ca] }, { maxSockets: AT_ONCE });
  const macs: EnrolledMac[] = [];
  let next = 0;
  const enrollNext = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const mac = makeMacModel(`bench-${index}`);
      const bytes = await fetchEnrollmentProfile(invitation.url, [door.ca], pool);
      const { state } = await prepareEnrollment({ bytes, roots: [door.ca], makeKey: async () => keys[index]!, pool });
      apns.register(state.pushToken, state.mdm.topic, () => true);
      const channel = openDeviceChannel(state, "signature", pool);
      await channel.checkIn(authenticate(mac, state.mdm.topic));
      await channel.checkIn(tokenUpdate(mac, state));
      channel.close();
      macs[index] = { udid: mac.udid, state };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, enrollNext));

  pool.close();
  return macs;
}

/** A UUID that both the queue and the load know beforehand. */
export function commandUuid(mac: number, number: number): string {
  const hex = createHash("sha256").update(`${mac} ${number}`).digest("hex").toUpperCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
