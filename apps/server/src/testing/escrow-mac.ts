import type { Secret } from "@pomona/contract";
import type { DeviceId, SecretKind, TenantId } from "@pomona/facts";
import { mergeDeviceFacts } from "../features/devices/index.ts";
import type { EscrowRig } from "./escrow-rig.ts";

/** A Mac whose secrets a test looks at, and its tenant. */
export interface EscrowMac {
  readonly tenantId: TenantId;
  readonly deviceId: DeviceId;
}

/** The only Mac of a new tenant, of which this is known. */
export async function newEscrowMac(
  rig: EscrowRig,
  facts: Parameters<typeof mergeDeviceFacts>[2]["facts"] = {},
): Promise<EscrowMac> {
  const tenantId = await rig.newTenant("Orchard");
  const deviceId = await rig.newMac(tenantId);
  await rig.write(tenantId, (tx) => mergeDeviceFacts(tx, deviceId, { facts }));
  return { tenantId, deviceId };
}

/** What the list says of one of its secrets. */
export async function secretOf(rig: EscrowRig, mac: EscrowMac, kind: SecretKind): Promise<Secret> {
  const { tenantId, deviceId } = mac;
  const page = (await rig.perform("escrow.list-secrets", rig.person(tenantId), { deviceId })) as { items: Secret[] };
  return page.items.find((each) => each.kind === kind)!;
}

export const slots = (secret: Secret) => secret.values.map(({ slot }) => slot);
