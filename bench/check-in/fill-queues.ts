import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { commandUuid } from "./enroll-fleet.ts";

const REQUEST_TYPE = "RestartDevice";

/**
 * Forgets which messages were taken in, for the same ones are sent in every way.
 * Writes the command queues of a server that is stopped or at rest: nothing but `perMac(index)` commands for each Mac. The API could
 * queue them as well, at the price of a minute, and would choose UUIDs that nobody can sign answers to beforehand.
 */
export function fillQueues(dataDir: string, udids: readonly string[], perMac: (mac: number) => number): void {
  const database = new DatabaseSync(join(dataDir, "pomona.db"), { timeout: 20_000 });
  database.exec(
    "BEGIN IMMEDIATE; DELETE FROM command_queue; DELETE FROM command_history; DELETE FROM message_memory; DELETE FROM message_log",
  );
  const insert = database.prepare(
    `INSERT INTO command_queue (tenant_id, id, device_id, command_uuid, request_type, state, lane, created_at, expires_at, actor, input)
     SELECT tenant_id, ?, id, ?, '${REQUEST_TYPE}', 'queued', 1, ?, ?, 'benchmark', '{}' FROM devices WHERE udid = ?`,
  );
  const now = Date.now();
  for (const [mac, udid] of udids.entries()) {
    for (let number = 0; number < perMac(mac); number++) {
      const id = `${String(mac).padStart(8, "0")}-${String(number).padStart(8, "0")}`;
      insert.run(id, commandUuid(mac, number), now, now + 86_400_000, udid);
    }
  }
  database.exec("COMMIT");
  database.close();
}

/** How many commands were acknowledged, on disk. */
export function countAcknowledged(dataDir: string): number {
  const database = new DatabaseSync(join(dataDir, "pomona.db"), { readOnly: true });
  const count = (table: string) => {
    const row = database.prepare(`SELECT count(*) AS n FROM ${table} WHERE state = 'acknowledged'`).get();
    return Number((row as { n: number }).n);
  };
  const total = count("command_queue") + count("command_history");
  database.close();
  return total;
}

/** Resolves when a running server has dealt with the facts that it published: no more come for a moment. */
export async function factsAreQuiet(dataDir: string): Promise<void> {
  const database = new DatabaseSync(join(dataDir, "pomona.db"), { readOnly: true });
  const newest = () => Number((database.prepare("SELECT max(position) AS n FROM facts").get() as { n: number }).n);
  let quietRounds = 0;
  for (let before = newest(); quietRounds < 4; ) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    const now = newest();
    quietRounds = now === before ? quietRounds + 1 : 0;
    before = now;
  }
  database.close();
}
