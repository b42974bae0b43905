import {
  continueDeparture,
  listSecrets,
  type OutputOf,
  revealPassword,
  revealRecoveryKey,
  rotateSecret,
  sendCommand,
  showDeparture,
  skipDepartureStep,
  startDeparture,
} from "@pomona/contract";
import type { VirtualMac } from "@pomona/testkit";
import { eventually, type Stage } from "./stage.ts";
import { expect, macOnline, type Walk } from "./walk.ts";

type Secret = OutputOf<typeof listSecrets>["items"][number];
const REASON = "walked through";

/** One kind of a Mac, once it is as wanted. */
export const secretOf = (
  { api }: Pick<Stage, "api">,
  deviceId: string,
  kind: Secret["kind"],
  isWanted: (secret: Secret) => boolean,
): Promise<Secret> =>
  eventually(
    `${kind} is as wanted`,
    async () => {
      const { items } = await api.call(listSecrets, { deviceId });
      const found = items.find((item) => item.kind === kind);
      return found !== undefined && isWanted(found) ? found : undefined;
    },
    60_000,
  );

/** FileVault is switched on by its user after the escrow profile came: macOS makes a key, and hands it out with SecurityInfo. */
export async function escrowKey(stage: Stage, mac: VirtualMac, deviceId: string): Promise<void> {
  await eventually("the escrow profile is on the Mac", () => mac.model.recovery.escrow ?? undefined, 60_000);
  await mac.turnOnFileVault();
  await stage.api.call(sendCommand, { deviceId, requestType: "SecurityInfo" });
  await secretOf(stage, deviceId, "fileVaultKey", ({ state }) => state === "held");
}

/**
 * Recovery key and lock from the first escrow to a reveal and the rotation after it, each proved on the Mac itself; then its user
 * leaves, and the next one is let in.
 */
export const escrow: Walk = {
  name: "escrow",
  walk: async (stage) => {
    const { mac, deviceId } = await macOnline(stage, { chip: "apple" });
    const begun = performance.now();
    await escrowKey(stage, mac, deviceId);
    const heldMs = performance.now() - begun;
    const first = await stage.api.call(revealRecoveryKey, { deviceId, reason: REASON });
    expect(first.value === mac.model.recovery.personalKey, "the key that is revealed is the Mac's");
    expect(first.rotatesAt !== null, "what was seen is replaced");

    const rotating = performance.now();
    await stage.api.call(rotateSecret, { deviceId, kind: "fileVaultKey" });
    await secretOf(stage, deviceId, "fileVaultKey", ({ rotation }) => rotation?.state === "done");
    const rotatedMs = performance.now() - rotating;
    const second = await stage.api.call(revealRecoveryKey, { deviceId, reason: REASON });
    expect(second.value === mac.model.recovery.personalKey && second.value !== first.value, "the new key is the Mac's");
    const kept = await stage.api.call(revealRecoveryKey, { deviceId, reason: REASON, secretId: first.secretId });
    expect(kept.value === first.value && kept.slot === "old", "the old key stays readable");

    await stage.api.call(rotateSecret, { deviceId, kind: "recoveryLock" });
    await secretOf(stage, deviceId, "recoveryLock", ({ rotation }) => rotation?.state === "done");
    const lock = await stage.api.call(revealPassword, { deviceId, kind: "recoveryLock", reason: REASON });
    expect(lock.value === mac.model.recoveryLock, "the recovery lock is the Mac's");
    await depart(stage, mac, deviceId);
    return { keyHeldMs: heldMs, keyRotatedMs: rotatedMs };
  },
};

/** The Mac's user has left; the next one gets in with one login. */
async function depart(stage: Stage, mac: VirtualMac, deviceId: string): Promise<void> {
  const { api } = stage;
  const gone = mac.model.users.find((user) => user.hasSecureToken)!;
  await mac.login(gone.name);
  await api.call(startDeparture, { deviceId });
  const at = (step: string) =>
    eventually(
      `the runbook is at ${step}`,
      async () => {
        const { departure } = await api.call(showDeparture, { deviceId });
        return (departure?.step ?? "end") === step ? departure! : undefined;
      },
      60_000,
    );
  await at("decide");
  await api.call(continueDeparture, { deviceId, step: "decide", choice: "handOver" });
  await api.call(skipDepartureStep, { deviceId, step: "update", reason: "not in a walk" });
  const account = { name: "next.person", create: true, fullName: "Next Person" };
  await api.call(continueDeparture, { deviceId, step: "account", account });
  await at("login");
  const made = mac.model.users.find(({ name }) => name === account.name);
  const { value } = await api.call(revealPassword, { deviceId, kind: "accountPassword", reason: REASON });
  expect(made?.password === value && !made.hasSecureToken, "the account opens with the password in escrow");
  await mac.login(account.name);
  expect(made!.hasSecureToken, "the bootstrap token bought it a secure token");
  await api.call(continueDeparture, { deviceId, step: "login" });
  const done = await at("end");
  expect(done.state === "done" && done.steps.at(-1)?.state === "done", JSON.stringify(done.steps.at(-1)));
}
