import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { commandUuid } from "../check-in/enroll-fleet.ts";

type Row = Record<string, SQLInputValue>;

/** Copies of rows that the server wrote itself, so that a new column of a table needs nothing here. */
function copier(database: DatabaseSync, table: string): (row: Row) => void {
  const columns = (database.prepare("SELECT name FROM pragma_table_info(?)").all(table) as { name: string }[]).map(
    (column) => column.name,
  );
  const insert = database.prepare(
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  return (row) => {
    insert.run(...columns.map((column) => row[column] ?? null));
  };
}

function open(dataDir: string): DatabaseSync {
  const database = new DatabaseSync(join(dataDir, "pomona.db"), { timeout: 20_000 });
  database.exec("PRAGMA synchronous = OFF; BEGIN IMMEDIATE");
  return database;
}

/** Makes the Macs of a stopped server so many, each with an enrollment, by copies of those that are there. */
export function multiplyMacs(dataDir: string, count: number): void {
  const database = open(dataDir);
  const devices = database.prepare("SELECT * FROM devices ORDER BY id").all() as Row[];
  const enrollmentOf = database.prepare("SELECT * FROM enrollments WHERE device_id = ?");
  // As an administrator of so many Macs has it: the limit that a tenant begins with is for ten thousand in an hour.
  database
    .prepare("INSERT INTO budget_limits (tenant_id, risk, per_actor, per_tenant, undo_seconds) VALUES (?, ?, ?, ?, 0)")
    .run(devices[0]!["tenant_id"]!, "rootEquivalent", 10 * count, 10 * count);
  const addDevice = copier(database, "devices");
  const addEnrollment = copier(database, "enrollments");
  for (let number = devices.length; number < count; number++) {
    const device = devices[number % devices.length]!;
    const enrollment = enrollmentOf.get(device["id"]!) as Row;
    const id = uuid7(number);
    const names = { udid: randomUUID().toUpperCase(), serial_number: `COPY${String(number).padStart(8, "0")}` };
    addDevice({ ...device, ...names, id, name: `Copy ${number}` });
    addEnrollment({
      ...enrollment,
      id: uuid7(number),
      device_id: id,
      identifier: names.udid,
      serial_number: names.serial_number,
      pin: randomBytes(32).toString("hex"),
      push_token: randomBytes(32).toString("base64"),
    });
  }
  database.exec("COMMIT");
  database.close();
}

/** Empties the queues. @returns a row that the server wrote, to be copied */
export function takeTemplate(dataDir: string): Row {
  const database = open(dataDir);
  const row = database.prepare("SELECT * FROM command_queue WHERE state = 'queued' LIMIT 1").get() as Row | undefined;
  if (row === undefined) throw new Error("the server queued no command that could be copied");
  database.exec("DELETE FROM command_queue; DELETE FROM command_history; COMMIT");
  database.close();
  return row;
}

/**
 * Queues of a stopped server: `perMac(n)` commands for the nth of the signing Macs, with the UUIDs that they answer to, and
 * `perOther` for every other Mac. @returns how many there are
 */
export function fillStore(
  dataDir: string,
  template: Row,
  udids: readonly string[],
  perMac: (mac: number) => number,
  perOther: number,
): number {
  const database = open(dataDir);
  // The same messages are sent in every run.
  database.exec(
    "DELETE FROM command_queue; DELETE FROM command_history; DELETE FROM message_memory; DELETE FROM message_log",
  );
  const add = copier(database, "command_queue");
  const now = Date.now();
  const places = new Map(udids.map((udid, at) => [udid, at]));
  const devices = database.prepare("SELECT id, udid FROM devices").all() as { id: string; udid: string }[];
  let total = 0;
  // Round after round over all Macs, as batches would have queued them.
  const rounds = Math.max(perOther, ...udids.map((_, at) => perMac(at)));
  for (let round = 0; round < rounds; round++) {
    for (const { id: deviceId, udid } of devices) {
      const mac = places.get(udid);
      if (round >= (mac === undefined ? perOther : perMac(mac))) continue;
      const uuid = mac === undefined ? randomUUID().toUpperCase() : commandUuid(mac, round);
      const times = { created_at: now, expires_at: now + 30 * 86_400_000 };
      // A batch keeps its input once; these are no batch's.
      const own = { id: uuid7(total), device_id: deviceId, command_uuid: uuid, batch_id: null, input: "{}" };
      add({ ...template, ...times, ...own });
      total += 1;
    }
  }
  database.exec("COMMIT");
  database.close();
  return total;
}

/** Rows that were answered and are still in the hot table, and those that were carried over. */
export function countAnswered(dataDir: string): { readonly hot: number; readonly carried: number } {
  const database = new DatabaseSync(join(dataDir, "pomona.db"), { readOnly: true });
  const count = (sql: string) => Number((database.prepare(sql).get() as { n: number }).n);
  const hot = count("SELECT count(*) AS n FROM command_queue WHERE answered_at IS NOT NULL");
  const carried = count("SELECT count(*) AS n FROM command_history");
  database.close();
  return { hot, carried };
}

/** Ids in the order in which they are made. */
function uuid7(number: number): string {
  const time = (Date.now() - 1_000_000_000 + number).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomBytes(2).toString("hex").slice(0, 3)}${randomUUID().slice(18)}`;
}
