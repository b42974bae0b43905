#!/usr/bin/env node
import { Command, InvalidArgumentError } from "commander";
import type { ConvertOptions, DemoOptions, ImportOptions, SimOptions, StartOptions } from "./options.ts";
import type { ConfirmOptions, DrillOptions, ExportOptions, MakeKeyOptions, OpenOptions } from "./recovery/options.ts";
import { version } from "./shipped.ts";

const PASSPHRASE = "the key's passphrase is its first line; without it asked for, or read from standard input";

const program = new Command("pomona").description("Open, self-hosted macOS fleet orchestration").version(version);

program
  .command("start")
  .description("run the server")
  .option("--restored", "the database was put back from a backup: hold what waits in it until someone releases it")
  .action(async (options: StartOptions) => (await import("./start.ts")).start(options));

program
  .command("demo")
  .description("run a server and a fleet of virtual Macs on this machine")
  .option("--json", "print one line of JSON when ready")
  .option("--data <folder>", "where everything is kept", ".data/demo")
  .option(
    "--ports <first>",
    "0: free ports; otherwise API, device and agent door on this port and the next two",
    wholeNumber,
  )
  .option("--macs <number>", "how many virtual Macs", wholeNumber, 25)
  .option("--check", "run the walks against it, print their figures and end")
  .action(async (options: DemoOptions) => (await import("./demo/demo.ts")).demo(options));

program
  .command("sim")
  .description("run virtual Macs against any Pomona server")
  .requiredOption("--server <url>", "the server: https://HOST:8443, or its API")
  .option("--macs <number>", "how many", wholeNumber, 25)
  .option("--token <token>", "an API token that may make enrollment invitations (or set it in SIM_TOKEN)")
  .option("--ca <file>", "PEM of the root that the server's certificate comes from")
  .option("--data <folder>", "where the Macs keep their disks", ".data/sim")
  .option("--real-agents <number>", "how many run the agent as a process of its own", wholeNumber, 2)
  .action(async (options: SimOptions) => (await import("./sim.ts")).sim(options));

program
  .command("import")
  .description("take Macs of another MDM server over without enrolling them again (docs/guides/moving-in.md)")
  .requiredOption("--server <url>", "this server: https://HOST:8443, or its API")
  .requiredOption("--from <file>", "what the other server had, in JSON lines")
  .option("--dry-run", "change nothing; say what would come over and what would not")
  .option("--token <token>", "an API token of an administrator of the tenant (or set it in IMPORT_TOKEN)")
  .option("--ca <file>", "PEM of the root that the server's certificate comes from")
  .action(async (options: ImportOptions) => (await import("./moving-in/import.ts")).runImport(options));

program
  .command("convert-nanomdm")
  .description("make a file for import of NanoMDM's rows, or of what its nano2nano sends")
  .option("--rows <file>", "its tables' rows in JSON lines, by the queries of the guide")
  .option("--listen <[host:]port>", "take check-ins from nano2nano until Ctrl-C; the host is 127.0.0.1 unless given")
  .option("--api-key <key>", "what nano2nano is given with -key (or set it in MIGRATION_KEY)")
  .requiredOption("--ca <file>", "PEM of the CAs that issued the Macs' identities")
  .requiredOption("--profile <file>", "the enrollment profile that its Macs have")
  .requiredOption("--to <file>", "the file to write; it will hold secrets")
  .action(async (options: ConvertOptions) => (await import("./moving-in/convert.ts")).convert(options));

program
  .command("keys")
  .description("the keys of a server (docs/guides/operate.md)")
  .command("rotate-master")
  .description("replace the master key of a stopped server's data folder (POMONA_DATA)")
  .action(async () => (await import("./keys.ts")).rotateMaster());

const recovery = program
  .command("recovery")
  .description("take the secrets out of a server, and prove that they open (docs/guides/escrow-and-recovery.md)");

recovery
  .command("make-key")
  .description("make a bundle key: the certificate is for the server, the key belongs elsewhere")
  .requiredOption("--to <file>", "the files to write are FILE.key and FILE.crt")
  .option("--name <name>", "whose it is", "bundle key")
  .option("--passphrase-file <file>", PASSPHRASE)
  .action(async (options: MakeKeyOptions) => (await import("./recovery/make-key.ts")).makeKey(options));

recovery
  .command("export")
  .description("write all secrets of the data folder (POMONA_DATA) into a bundle that only bundle keys open")
  .requiredOption("--recipient <file...>", "PEM of the certificate of a bundle key; any one of several opens it")
  .requiredOption("--to <file>", "the bundle to write")
  .option("--tenant <name...>", "only these tenants; without it all, and the server's own keys")
  .option("--through-kms", "have the KMS open what only it can; without it such values stay sealed in the bundle")
  .action(async (options: ExportOptions) => (await import("./recovery/export.ts")).runExport(options));

recovery
  .command("drill")
  .description("prove that a bundle opens and that all in it is sound; prints no secret")
  .requiredOption("--bundle <file>", "the bundle")
  .requiredOption("--key <file>", "PEM of the bundle key")
  .option("--certificate <file>", "PEM of its certificate, when that is not in the same file")
  .option("--passphrase-file <file>", PASSPHRASE)
  .option("--database <file>", "a backup of the database, all of which has to open with the bundle's keys too")
  .action(async (options: DrillOptions) => (await import("./recovery/drill.ts")).drill(options));

recovery
  .command("open")
  .description("write the secrets of one Mac in the open")
  .requiredOption("--bundle <file>", "the bundle")
  .requiredOption("--key <file>", "PEM of the bundle key")
  .requiredOption("--device <serial>", "the serial number of the Mac")
  .option("--kind <kind>", "only this kind, as fileVaultKey")
  .option("--certificate <file>", "PEM of the key's certificate, when that is not in the same file")
  .option("--passphrase-file <file>", PASSPHRASE)
  .option("--through-kms", "have the KMS open what only it can (POMONA_KMS_*)")
  .option("--to <file>", "write them there, for the owner alone, and not to the terminal")
  .action(async (options: OpenOptions) => (await import("./recovery/open.ts")).open(options));

recovery
  .command("confirm")
  .description("tell the server of the data folder (POMONA_DATA) that a drill passed")
  .requiredOption("--code <code>", "what the drill printed in its last line")
  .action(async (options: ConfirmOptions) => (await import("./recovery/confirm.ts")).confirm(options));

program
  .command("fleet-process", { hidden: true })
  .description("the Macs of a demo; started by it")
  .action(async () => (await import("./demo/fleet-process.ts")).runFleetProcess());

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("has to be a whole number");
  return value;
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(`pomona: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
