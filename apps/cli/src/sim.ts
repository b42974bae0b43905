import { readFile } from "node:fs/promises";
import path from "node:path";
import { showPush } from "@pomona/contract";
import { openApiClient, startFleet } from "@pomona/testkit";
import { progressTo } from "./demo/progress.ts";
import type { SimOptions } from "./options.ts";
import { untilStopped } from "./until-stopped.ts";

const PROGRESS_MS = 1000;

/**
 * `pomona sim`: virtual Macs against any Pomona server. That server pushes to Apple, where these Macs are not known, so
 * each asks for its commands by itself now and then. Prints one line of JSON when every Mac has enrolled or failed.
 */
export async function sim(options: SimOptions): Promise<void> {
  const token = options.token ?? process.env["SIM_TOKEN"];
  if (token === undefined) throw new Error("sim needs an API token that may make invitations: --token, or SIM_TOKEN");
  const ca = options.ca === undefined ? undefined : await readFile(options.ca, "utf8");
  const apiUrl = apiOf(options.server);
  await refuseWithoutPush({ apiUrl, token, ...(ca === undefined ? {} : { ca }) });
  const stopped = untilStopped();
  const progress = progressTo(process.stderr, options.macs);
  const fleet = startFleet({
    apiUrl,
    ...(ca === undefined ? {} : { ca }),
    tenants: [{ token, macs: options.macs }],
    dataDir: path.resolve(options.data),
    realAgents: options.realAgents,
  });
  const tell = () => {
    const { enrolled, macs, online, failed } = fleet.counts();
    progress(`${enrolled} of ${macs} Macs enrolled, ${online} agents online, ${failed} failed`);
  };
  const timer = setInterval(tell, PROGRESS_MS);
  void fleet.settled.then(() => {
    tell();
    for (const failure of fleet.failures) console.error(`pomona: ${failure}`);
    console.log(JSON.stringify({ ...fleet.counts(), rssMB: Math.round(process.memoryUsage.rss() / 1_048_576) }));
  });
  await stopped;
  clearInterval(timer);
  await fleet.stop();
  progress(undefined);
}

/** No Mac enrolls in a tenant that cannot push, so say it once instead of once for each Mac. */
async function refuseWithoutPush(server: Parameters<typeof openApiClient>[0]): Promise<void> {
  const api = openApiClient(server);
  try {
    const { state } = await api.call(showPush, {});
    if (state === "missing")
      throw new Error("no Mac can enroll here yet; upload a push certificate first: Enrollment > Push");
  } finally {
    api.close();
  }
}

/** The API of a server that was named by its address alone, or as its documents name it. */
const apiOf = (server: string): string =>
  /\/api\/v1\/?$/.test(server) ? server.replace(/\/$/, "") : `${server.replace(/\/$/, "")}/api/v1`;
