import { showAttestation as contract } from "@pomona/contract";
import { asId } from "@pomona/facts";
import { bindAction } from "../../kernel/action.ts";
import { notFound } from "../../kernel/errors.ts";
import { readDevice } from "../devices/index.ts";
import { readAttestation } from "./attestations.sql.ts";

/** The newest attestation of a Mac's serial number; null for a Mac that never gave one. */
export const showAttestation = bindAction(contract, {
  run: async ({ tx }, { deviceId }) => {
    const device = await readDevice(tx, asId<"device">(deviceId));
    if (device === undefined) throw notFound("device", deviceId);
    const found = device.serialNumber === null ? undefined : await readAttestation(tx, device.serialNumber);
    return {
      attestation:
        found === undefined ? null : { attestedAt: new Date(found.attestedAt).toISOString(), ...found.claims },
    };
  },
});
