import { readFile, writeFile } from "node:fs/promises";
import type { MovingRecord } from "@pomona/contract";
import { decodePem, encodePem } from "@pomona/pki";
import type { ConvertOptions } from "../options.ts";
import { NanoRows } from "./convert-nanomdm.ts";
import { readLines } from "./read-lines.ts";

/** `pomona convert-nanomdm`: NanoMDM's rows, CA and enrollment profile become a file for `pomona import`. */
export async function convert(options: ConvertOptions): Promise<void> {
  const rows = new NanoRows();
  for await (const { value } of readLines(options.rows)) rows.add(value);
  const profile = (await readFile(options.profile)).toString("base64");
  const records: MovingRecord[] = [{ kind: "enrollment-profile", profile }];
  for (const { der } of decodePem(await readFile(options.ca, "utf8"), "CERTIFICATE"))
    records.push({ kind: "issuer", certificate: encodePem("CERTIFICATE", der) });
  records.push(...rows.records());
  const header = { kind: "header", format: "pomona-moving-in", version: 1, from: "nanomdm" };
  const lines = [header, ...records].map((record) => `${JSON.stringify(record)}\n`).join("");
  // It holds the push certificate's key and tokens that unlock Macs.
  await writeFile(options.to, lines, { mode: 0o600, flag: "wx" });
  for (const { what, why } of rows.leftovers) console.error(`left behind: ${what} ${why}`);
  console.error(`${records.filter(({ kind }) => kind === "enrollment").length} enrollments in ${options.to}`);
}
