import { showAttestation as contract } from "@pomona/contract";
import { asId } from "@pomona/facts";
import { bindAction } from "../../kernel/action.ts";
import { notFound } from "../../kernel/errors.ts";
import { readDevice } from "../devices/index.ts";
import { readAttestation } from "./attestations.sql.ts";
import { readDeviceAttestation } from "./device-attestations.sql.ts";

const time = (ms: number): string => new Date(ms).toISOString();

/** The newest attestation of a Mac's serial number, by whichever way; null for a Mac that never gave one. */
export const showAttestation = bindAction(contract, {
  run: async ({ tx }, input) => {
    const deviceId = asId<"device">(input.deviceId);
    const device = await readDevice(tx, deviceId);
    if (device === undefined) throw notFound("device", input.deviceId);
    const { serialNumber } = device;
    const byAcme = serialNumber === null ? undefined : await readAttestation(tx, serialNumber);
    const asked = await readDeviceAttestation(tx, deviceId);
    const answered = asked?.attested?.claims.serialNumber === serialNumber ? asked.attested : null;
    const refused = asked?.refused ?? null;
    const isAnswerNewer = answered !== null && (byAcme === undefined || answered.at >= byAcme.attestedAt);
    const newest = isAnswerNewer
      ? { by: "DeviceInformation" as const, attestedAt: time(answered.at), ...answered.claims }
      : byAcme && { by: "acme" as const, attestedAt: time(byAcme.attestedAt), ...byAcme.claims };
    return {
      attestation: newest ?? null,
      refused: refused === null ? null : { reason: refused.reason, refusedAt: time(refused.at) },
    };
  },
});
