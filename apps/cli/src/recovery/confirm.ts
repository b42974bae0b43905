import { configFrom, confirmRecoveryDrill, readSettings } from "@pomona/server";
import { shipped } from "../shipped.ts";
import type { ConfirmOptions } from "./options.ts";

/** `pomona recovery confirm`: the server takes it up within seconds, for all tenants of the bundle. */
export function confirm({ code }: ConfirmOptions): void {
  confirmRecoveryDrill(configFrom(readSettings(process.env), shipped()).dataDir, code);
  console.log(
    "Noted. The server takes it up, and believes only a code that fits one of its bundles: see the Escrow page.",
  );
}
