import type { DialogOutcome, DialogText, MacApplication, MacFacts, MacTools } from "@pomona/agent";
import type { MacModel } from "../model/mac-model.ts";
import { modelEscrow } from "./model-escrow.ts";

/** What the agent's `mac/` would read with Apple's tools, taken from the model: for agents that run in our own process. */
export function modelTools(model: MacModel, showDialog: (text: DialogText, user: string) => Promise<void>): MacTools {
  return {
    identity: () =>
      Promise.resolve({
        serialNumber: model.serialNumber,
        osVersion: model.os.version,
        bootSession: model.bootSession,
      }),
    facts: () => Promise.resolve(factsOf(model)),
    applications: () => Promise.resolve(applicationsOf(model)),
    userName: (uid) => Promise.resolve(model.users.find((user) => user.uid === uid)?.name),
    showDialog: async (text): Promise<DialogOutcome> => {
      if (model.consoleUser === undefined) return "noUser";
      await showDialog(text, model.consoleUser);
      return "shown";
    },
    escrow: modelEscrow(model),
  };
}

const factsOf = (model: MacModel): MacFacts => ({
  serialNumber: model.serialNumber,
  name: model.name,
  hostName: model.localHostName,
  model: model.hardware.model,
  osVersion: model.os.version,
  buildVersion: model.os.build,
  processor: model.hardware.processor,
  memoryBytes: model.hardware.memoryBytes,
  uptimeSeconds: Math.floor((Date.now() - model.bootedAt) / 1000),
  bootedAt: Math.floor(model.bootedAt),
  disks: model.disks.map(({ name, sizeBytes, freeBytes }) => ({ name, sizeBytes, freeBytes })),
  users: model.users.map(({ name, fullName, uid, admin }) => ({ name, fullName, uid, admin })),
  fileVault: model.fileVault,
  sip: model.sip,
  network: model.network.map(({ name, mac, ipv4, ipv6 }) => ({ name, mac, addresses: [ipv6, ipv4] })),
});

const applicationsOf = (model: MacModel): MacApplication[] =>
  model.applications.map(({ name, bundleId, version, path }) => ({ name, bundleId, version, path }));
