import { configFrom, exportRecovery, readSettings } from "@pomona/server";
import { shipped, version } from "../shipped.ts";
import type { ExportOptions } from "./options.ts";

/** `pomona recovery export`: told by the environment where the data and the master key are, as the server is. */
export async function runExport({ recipient, to, tenant, throughKms }: ExportOptions): Promise<void> {
  const config = configFrom(readSettings(process.env), shipped());
  const order = {
    recipients: recipient,
    to,
    version,
    throughKms: throughKms === true,
    ...(tenant === undefined ? {} : { tenants: tenant }),
  };
  console.log((await exportRecovery(config, order)).join("\n"));
}
