import { createHash } from "node:crypto";
import { cpSync, existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startApnsReceiver } from "@pomona/testkit";
import { progress } from "../figures/progress.ts";
import { startChild } from "../processes/child.ts";
import { CACHE } from "../processes/scratch.ts";
import { type EnrolledMac, enrollFleet } from "./enroll-fleet.ts";
import { factsAreQuiet } from "./fill-queues.ts";

const SERVER_SOURCES = fileURLToPath(new URL("../../apps/server/src/", import.meta.url));

/**
 * Puts the data of a server with so many enrolled Macs into `dataDir`. They are enrolled once, and kept in the cache folder
 * until a table of the server changes.
 */
export async function bringFleet(server: URL, dataDir: string, count: number): Promise<readonly EnrolledMac[]> {
  const kept = join(CACHE, `fleet-${count}-${storeFingerprint()}`);
  if (!existsSync(kept)) {
    progress(`enrolling ${count} Macs by SCEP, which is kept for the next time`);
    const apns = await startApnsReceiver();
    const child = startChild(server);
    const making = `${kept}.${process.pid}`;
    try {
      const fleet = await enrollFleet(child, apns, making, count);
      await factsAreQuiet(making);
      await child.stop();
      writeFileSync(join(making, "fleet.json"), JSON.stringify(fleet));
      renameSync(making, kept);
    } finally {
      await child.stop();
      await apns.stop();
      rmSync(making, { recursive: true, force: true });
    }
  }
  cpSync(kept, dataDir, { recursive: true });
  progress(`${count} Macs are enrolled`);
  return JSON.parse(readFileSync(join(dataDir, "fleet.json"), "utf8")) as EnrolledMac[];
}

/** Of everything that decides which tables a database has. */
export function storeFingerprint(): string {
  const hash = createHash("sha256");
  for (const file of globSync(["features/**/*.sql.ts", "adapters/store/*.ts"], { cwd: SERVER_SOURCES }).sort()) {
    hash.update(readFileSync(join(SERVER_SOURCES, file)));
  }
  return hash.digest("hex").slice(0, 12);
}
