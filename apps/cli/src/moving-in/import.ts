import { readFile } from "node:fs/promises";
import { openApiClient } from "@pomona/testkit";
import type { ImportOptions } from "../options.ts";
import { importFile } from "./import-file.ts";

/** `pomona import`: takes enrollments of another MDM server over, or says what would come over. One line per record. */
export async function runImport(options: ImportOptions): Promise<void> {
  const token = options.token ?? process.env["IMPORT_TOKEN"];
  if (token === undefined) throw new Error("import needs an API token of an administrator: --token, or IMPORT_TOKEN");
  const ca = options.ca === undefined ? undefined : await readFile(options.ca, "utf8");
  const server = options.server.replace(/\/$/, "");
  const apiUrl = server.endsWith("/api/v1") ? server : `${server}/api/v1`;
  const api = openApiClient({ apiUrl, token, ...(ca === undefined ? {} : { ca }) });
  const counts = { imported: 0, unchanged: 0, refused: 0 };
  try {
    for await (const outcome of importFile(api, options.from, options.dryRun === true)) {
      counts[outcome.outcome] += 1;
      console.log(JSON.stringify(outcome));
    }
  } finally {
    api.close();
  }
  const verb = options.dryRun === true ? "would come over" : "came over";
  console.error(
    `${counts.imported} ${verb}, ${counts.unchanged} were here already, ${counts.refused} cannot come over`,
  );
  if (counts.refused > 0) process.exitCode = 1;
}
