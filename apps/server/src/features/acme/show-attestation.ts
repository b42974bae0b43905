import { showAttestation as contract } from "@pomona/contract";
import { asId } from "@pomona/facts";
import { bindAction } from "../../kernel/action.ts";
import { notFound } from "../../kernel/errors.ts";
import { readDevice } from "../devices/index.ts";
import { readAttestation } from "./attestations.sql.ts";

/** The newest attestation of a Mac's serial number. Of a Mac that never gave one: `attestation.not-found`. */
export const showAttestation = bindAction(contract, {
  run: async ({ tx }, { deviceId }) => {
    const device = await readDevice(tx, asId<"device">(deviceId));
    if (device === undefined) throw notFound("device", deviceId);
    const found = device.serialNumber === null ? undefined : await readAttestation(tx, device.serialNumber);
    if (found === undefined) throw notFound("attestation", deviceId);
    return { attestedAt: new Date(found.attestedAt).toISOString(), ...found.claims };
  },
});
