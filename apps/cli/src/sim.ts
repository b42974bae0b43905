import { readFile } from "node:fs/promises";
import path from "node:path";
import { startFleet } from "@pomona/testkit";
import { progressTo } from "./demo/progress.ts";
import type { SimOptions } from "./options.ts";
import { untilStopped } from "./until-stopped.ts";

/**
 * `pomona sim`: virtual Macs against any Pomona server. That server pushes to Apple, where these Macs are not known, so
 * each asks for its commands by itself now and then.
 */
export async function sim(options: SimOptions): Promise<void> {
  const token = options.token ?? process.env["SIM_TOKEN"];
  if (token === undefined) throw new Error("sim needs an API token that may make invitations: --token, or SIM_TOKEN");
  const stopped = untilStopped();
  const progress = progressTo(process.stderr, options.macs);
  const fleet = startFleet({
    apiUrl: options.server,
    ca: options.ca === undefined ? "" : await readFile(options.ca, "utf8"),
    tenants: [{ token, macs: options.macs }],
    dataDir: path.resolve(options.data),
    realAgents: options.realAgents,
    onProgress: ({ enrolled, macs, failed }) => progress(`${enrolled} of ${macs} Macs enrolled, ${failed} failed`),
  });
  void fleet.settled.then(() => {
    for (const failure of fleet.failures) console.error(`pomona: ${failure}`);
    console.log(JSON.stringify(fleet.counts()));
  });
  await stopped;
  await fleet.stop();
  progress(undefined);
}
