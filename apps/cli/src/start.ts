import { configFrom, readSettings, startServer } from "@pomona/server";
import { shipped } from "./shipped.ts";
import { untilStopped } from "./until-stopped.ts";

/** `pomona start`: the server alone, told by the environment, until it is stopped. */
export async function start(): Promise<void> {
  const stopped = untilStopped();
  const server = await startServer(configFrom(readSettings(process.env), shipped()));
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
