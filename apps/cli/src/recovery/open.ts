import { closeSync, openSync, writeSync } from "node:fs";
import { configFrom, kmsOf, openSecrets, readSettings } from "@pomona/server";
import { shipped } from "../shipped.ts";
import { filesOf } from "./bundle-files.ts";
import type { OpenOptions } from "./options.ts";

/** `pomona recovery open`: the one command that shows secrets, to who asks for them by the Mac. */
export async function open(options: OpenOptions): Promise<void> {
  const { device, kind, to, throughKms } = options;
  const query = { serialNumber: device, ...(kind === undefined ? {} : { kind }) };
  const kms = throughKms === true ? kmsOf(configFrom(readSettings(process.env), shipped())) : undefined;
  const text = `${(await openSecrets(filesOf(options), query, kms)).join("\n")}\n`;
  if (to === undefined) {
    process.stdout.write(text);
    return;
  }
  const handle = openSync(to, "wx", 0o600);
  writeSync(handle, text);
  closeSync(handle);
  console.log(`${to} holds them. Delete it when they were used.`);
}
