import { configFrom, readSettings, startServer } from "@pomona/server";
import type { StartOptions } from "./options.ts";
import { shipped } from "./shipped.ts";
import { untilStopped } from "./until-stopped.ts";

/** `pomona start`: the server alone, told by the environment, until it is stopped. */
export async function start({ restored }: StartOptions): Promise<void> {
  const stopped = untilStopped();
  const config = configFrom(readSettings(process.env), shipped());
  const server = await startServer({ ...config, ...(restored === true ? { isRestored: true } : {}) });
  if ((await server.tenants()).length === 0) await server.ensureTenants(["My organization"]);
  const lines = [
    `Pomona is running.`,
    `  Console          ${server.consoleUrl}`,
    `  API              ${server.apiUrl}`,
    `  Device channel   ${server.deviceUrl}`,
    `  Agent channel    ${server.agentUrl}`,
    `  Trust this root  ${server.caFile}`,
    ...(server.firstSignInLink === undefined
      ? []
      : [
          "",
          "Nobody has signed in yet. This link makes you the first administrator; it works once, for a day:",
          `  ${server.firstSignInLink}`,
        ]),
  ];
  console.log(lines.join("\n"));
  await stopped;
  await server.stop();
}
