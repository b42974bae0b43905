import { readDeviceInformation } from "@pomona/mdm";
import { getArray, getData } from "@pomona/plist";
import type { Vault } from "../../kernel/secret.ts";
import { readInput } from "./batch-rows.sql.ts";
import { renderPayload } from "./command-input.ts";
import { findDefinition } from "./definitions.ts";
import { DEVICE_CHANNEL } from "./model.ts";
import type { AnswerHook, AttestationIntake } from "./ports.ts";

/** Hands on what a Mac attests of itself, with the nonce that its own command had, typed or raw. */
export const attestedAnswer =
  (vault: Vault, take: AttestationIntake): AnswerHook =>
  async (tx, { deviceId, command, state, report }) => {
    if (state !== "acknowledged" || report === null || command.channel !== DEVICE_CHANNEL) return;
    const packed = await readInput(tx, command);
    const asked = renderPayload(vault, tx.scope.tenantId, packed, findDefinition(command)!);
    const chain = readDeviceInformation(report).attestation;
    if (chain === undefined && getArray(asked, "Queries")?.includes("DevicePropertiesAttestation") !== true) return;
    await take(tx, { deviceId, nonce: getData(asked, "DeviceAttestationNonce"), chain });
  };
