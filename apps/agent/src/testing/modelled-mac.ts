import type { AccountStatus } from "@pomona/agent-protocol";
import type { DialogText, MacTools } from "../mac/mac-tools.ts";
import type { SensorListener, SensorPort } from "../sensor-port.ts";

/** The key that opens the modelled Mac. */
export const RECOVERY_KEY = "AAAA-BBBB-CCCC-DDDD-EEEE-2345";

/** A Mac of plain values. */
export function modelledMac() {
  const dialogs: DialogText[] = [];
  const accounts: AccountStatus[] = [];
  const facts = { serialNumber: "C02TEST00001", name: "Test Mac", osVersion: "15.1", uptimeSeconds: 1 };
  const mac: MacTools = {
    identity: () => Promise.resolve({ serialNumber: "C02TEST00001", osVersion: "15.1", bootSession: "boot-1" }),
    facts: () => Promise.resolve({ ...facts }),
    applications: () => Promise.resolve([]),
    userName: (uid) => Promise.resolve(uid === 501 ? "ada" : undefined),
    showDialog(text) {
      dialogs.push(text);
      return Promise.resolve("shown");
    },
    escrow: {
      validateRecoveryKey: (key) => Promise.resolve(key === RECOVERY_KEY ? "right" : "wrong"),
      recoveryKeyEscrow: () => Promise.resolve(undefined),
      bootstrapToken: () => Promise.resolve({ isSupported: true, isEscrowed: false }),
      accounts: () =>
        Promise.resolve([{ name: "ada", isAdmin: true, hasSecureToken: true, isVolumeOwner: true }, ...accounts]),
      fileVault: () => Promise.resolve(true),
      createAccount({ name, isAdmin }) {
        accounts.push({ name, isAdmin, hasSecureToken: false, isVolumeOwner: false });
        return Promise.resolve(undefined);
      },
    },
  };
  return { mac, dialogs, facts, accounts };
}

/** A sensor whose hits a test makes. */
export function modelledSensor() {
  let listener: SensorListener | undefined;
  const state = { rules: [] as readonly { readonly id: string }[], budget: -1, isStopped: false };
  const sensor: SensorPort = {
    start(given) {
      listener = given;
    },
    setRules(rules, budget) {
      state.rules = rules;
      state.budget = budget;
    },
    stop() {
      state.isStopped = true;
      return Promise.resolve();
    },
  };
  return {
    sensor,
    state,
    hit: (...given: Parameters<SensorListener["onHit"]>) => listener?.onHit(...given),
    health: (...given: Parameters<SensorListener["onHealth"]>) => listener?.onHealth(...given),
  };
}
