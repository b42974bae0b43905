import { open, readFile, rm } from "node:fs/promises";
import type { MovingRecord } from "@pomona/contract";
import { decodePem, encodePem } from "@pomona/pki";
import type { ConvertOptions } from "../options.ts";
import { untilStopped } from "../until-stopped.ts";
import { NanoRows } from "./convert-nanomdm.ts";
import { readLines } from "./read-lines.ts";
import { receiveCheckIns } from "./receive-check-ins.ts";

/** `pomona convert-nanomdm`: NanoMDM's rows or check-ins, CA and enrollment profile become a file for `pomona import`. */
export async function convert(options: ConvertOptions): Promise<void> {
  const { rows: rowsFile, listen, apiKey = process.env["MIGRATION_KEY"] } = options;
  if (rowsFile === undefined && listen === undefined)
    throw new Error("convert-nanomdm needs --rows, or --listen for nano2nano, or both");
  if (listen !== undefined && (apiKey ?? "") === "")
    throw new Error("--listen needs the key that nano2nano will have: --api-key, or MIGRATION_KEY");
  const profile = (await readFile(options.profile)).toString("base64");
  const records: MovingRecord[] = [{ kind: "enrollment-profile", profile }];
  for (const { der } of decodePem(await readFile(options.ca, "utf8"), "CERTIFICATE"))
    records.push({ kind: "issuer", certificate: encodePem("CERTIFICATE", der) });
  const rows = new NanoRows();
  if (rowsFile !== undefined) for await (const { value } of readLines(rowsFile)) rows.add(value);
  // It holds the push certificate's key and tokens that unlock Macs. Opened first, so that what is received has its place.
  const file = await open(options.to, "wx", 0o600);
  try {
    if (listen !== undefined) await receive(rows, listen, apiKey ?? "");
    records.push(...rows.records());
    const header = { kind: "header", format: "pomona-moving-in", version: 1, from: "nanomdm" };
    await file.writeFile([header, ...records].map((record) => `${JSON.stringify(record)}\n`).join(""));
  } catch (error) {
    await rm(options.to);
    throw error;
  } finally {
    await file.close();
  }
  for (const { what, why } of rows.leftovers) console.error(`left behind: ${what} ${why}`);
  const enrollments = records.filter((record) => record.kind === "enrollment");
  const unpinned = enrollments.filter((mac) => mac.certificate === undefined && mac.certificateHash === undefined);
  if (unpinned.length > 0)
    console.error(`${unpinned.length} without certificate or pin: each needs its pin, or the window (see the guide)`);
  console.error(`${enrollments.length} enrollments in ${options.to}`);
}

/** Takes check-ins until Ctrl-C. */
async function receive(rows: NanoRows, listen: string, apiKey: string): Promise<void> {
  const stopped = untilStopped();
  let taken = 0;
  const receiver = await receiveCheckIns({
    listen,
    apiKey,
    take: (message) => {
      const isRead = rows.addMessage(message);
      if (isRead) taken += 1;
      return isRead;
    },
  });
  if (!receiver.isLoopback) console.error("what is sent to this address goes over the network in the clear");
  console.error(`waiting for nano2nano -url ${receiver.url}; Ctrl-C when it has ended`);
  await stopped;
  await receiver.close();
  console.error(`${taken} check-ins taken, ${receiver.refused()} refused`);
}
