import assert from "node:assert/strict";
import { join } from "node:path";
import { getString, type PlistDictionary } from "@pomona/plist";
import { makeMacModel } from "../model/make-mac-model.ts";
import type { EnrollOptions, VirtualMacOptions } from "../virtual-mac/options.ts";
import { VirtualMac } from "../virtual-mac/virtual-mac.ts";
import { type FakeMdmServer, startFakeMdmServer } from "./fake-mdm-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A server that sends what a test says, and Macs that are enrolled with it. */
export interface CommandedMacs extends AsyncDisposable {
  readonly server: FakeMdmServer;
  /** A path in a folder that goes with the test. */
  at(name: string): string;
  openMac(options?: Partial<VirtualMacOptions>, how?: EnrollOptions): Promise<VirtualMac>;
}

export async function startCommandedMacs(): Promise<CommandedMacs> {
  const folder = await temporaryFolder();
  const server = await startFakeMdmServer();
  const at = (name: string) => join(folder.path, name);
  let count = 0;
  return {
    server,
    at,
    openMac: async (options = {}, how = {}) => {
      count += 1;
      const model = makeMacModel(count);
      const mac = await VirtualMac.open({
        folder: at(`mac${count}`),
        model,
        agentMode: "none",
        chip: "apple",
        ...options,
      });
      await mac.enroll(server.invitation, { ca: server.ca.rootPem, ...how });
      return mac;
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** What the Mac reports on a command. */
export async function ask(server: FakeMdmServer, mac: VirtualMac, command: PlistDictionary): Promise<PlistDictionary> {
  const uuid = server.queue(command);
  await mac.mdm.connect();
  const report = server.reports.find((candidate) => getString(candidate, "CommandUUID") === uuid);
  assert.ok(report, `no report on ${getString(command, "RequestType")}`);
  return report;
}

/** A dictionary in an answer. */
export const part = (report: PlistDictionary, key: string): PlistDictionary => report[key] as PlistDictionary;

/** Parsed dictionaries have no prototype; literals of a test have one. */
export const plain = (value: unknown): unknown => structuredClone(value);
