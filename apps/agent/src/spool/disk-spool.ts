import type { DatabaseSync } from "node:sqlite";
import type { Lane } from "@pomona/agent-protocol";
import { openCounter } from "../store/database.ts";
import type { Spool, SpooledMessage } from "./spool.ts";
import { MESSAGE_OVERHEAD } from "./spool-limit.ts";

/** The spool in the agent's database; what is in it survives a SIGKILL and a power cut. */
export interface DiskSpool extends Spool {
  /** Counts anew what is on disk, after a transaction was rolled back. */
  recount(): void;
}

export function openDiskSpool(database: DatabaseSync, limitBytes: number): DiskSpool {
  const shed = openCounter(database, "spool-shed");
  const insert = database.prepare("insert into spool (lane, message, body, telemetry, bytes) values (?, ?, ?, ?, ?)");
  const peekAll = database.prepare("select * from spool where id > ? order by id limit ?");
  const peekLane = database.prepare("select * from spool where id > ? and lane = ? order by id limit ?");
  const remove = database.prepare("delete from spool where id = ? returning bytes");
  const oldest = database.prepare("select id from spool order by telemetry desc, id limit 1");
  const clear = database.prepare("delete from spool");
  const totals = database.prepare("select count(*) as count, coalesce(sum(bytes), 0) as bytes from spool");
  let count = 0;
  let bytes = 0;
  const recount = () => {
    const row = totals.get() ?? {};
    count = Number(row["count"]);
    bytes = Number(row["bytes"]);
  };
  recount();

  const drop = (id: number) => {
    const row = remove.get(id);
    if (row === undefined) return;
    count -= 1;
    bytes -= Number(row["bytes"]);
  };
  return {
    add({ lane, message, body, class: kind }) {
      const size = Buffer.byteLength(body) + MESSAGE_OVERHEAD;
      insert.run(lane, message, body, kind === "telemetry" ? 1 : 0, size);
      count += 1;
      bytes += size;
      let given = 0;
      for (; bytes > limitBytes && count > 0; given += 1) drop(Number(oldest.get()?.["id"]));
      if (given > 0) shed.set(shed.get() + given);
    },
    peek: (limit, lane, after = 0) =>
      (lane === undefined ? peekAll.all(after, limit) : peekLane.all(after, lane, limit)).map(messageOf),
    remove(ids) {
      for (const id of ids) drop(id);
    },
    count: () => count,
    shed: () => shed.get(),
    recount,
    clear() {
      clear.run();
      count = 0;
      bytes = 0;
    },
  };
}

const messageOf = (row: Readonly<Record<string, unknown>>): SpooledMessage => ({
  id: Number(row["id"]),
  lane: row["lane"] as Lane,
  message: String(row["message"]),
  body: String(row["body"]),
});
