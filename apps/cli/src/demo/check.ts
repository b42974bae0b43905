import path from "node:path";
import { startServer } from "@pomona/server";
import { openPushAuthority, startApnsReceiver, startFleet } from "@pomona/testkit";
import { stageOver, walks } from "@pomona/testkit/walks";
import type { DemoOptions } from "../options.ts";
import { configOf, settle, shares } from "./demo-server.ts";
import { readState } from "./demo-state.ts";
import { progressTo } from "./progress.ts";

/**
 * `pomona demo --check`: starts the demo, plays the walks on it, prints their figures as one line of JSON. Everything is in
 * one process here, because a walk has to lay hands on its Macs. Ends with 1 when a walk went another way.
 */
export async function check(options: DemoOptions): Promise<void> {
  const folder = path.resolve(options.data);
  const progress = progressTo(process.stderr, Math.max(options.macs, 1));
  const kept = await readState(folder);
  const authority = await openPushAuthority(kept?.apns);
  const apns = await startApnsReceiver({ authority, ...(kept === undefined ? {} : { port: kept.apns.port }) });
  const { rootPem, keyPem } = authority;
  const push = { url: apns.url, port: Number(new URL(apns.url).port), rootPem, keyPem };
  const server = await startServer(configOf(folder, options, kept, push));
  const { ca, token, tenants } = await settle(folder, server, kept, push);
  const fleet = startFleet({
    apiUrl: server.apiUrl,
    ca,
    tenants: shares(options.macs).map((macs, index) => ({ token: tenants[index]!.token, macs })),
    dataDir: path.join(folder, "macs"),
    apns,
    launchdThrottleMs: 1000,
    onProgress: ({ enrolled, macs }) => progress(`${enrolled} of ${macs} Macs enrolled`),
  });
  await fleet.settled;
  const results: Record<string, unknown> = {};
  let failed = fleet.failures.length;
  for (const { name, walk } of walks) {
    progress(`walk: ${name}`);
    await using stage = await stageOver({ server, apns, folder, token, tenantIds: [tenants[0]!.id, tenants[1]!.id] });
    try {
      results[name] = { passed: true, ...(await walk(stage)) };
    } catch (error) {
      failed += 1;
      results[name] = { passed: false, error: error instanceof Error ? error.message : String(error) };
    }
  }
  progress("stopping");
  const counts = fleet.counts();
  await fleet.stop();
  await server.stop();
  await apns.stop();
  progress(undefined);
  console.log(
    JSON.stringify({ passed: failed === 0, macs: counts.enrolled, failures: fleet.failures, walks: results }),
  );
  process.exitCode = failed === 0 ? 0 : 1;
}
