import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { type RunningServer, startServer } from "@pomona/server";
import { answerQuestions } from "./answer-questions.ts";
import type { Answers, Question } from "./questions.ts";

/** The real server, composed as in use, on free ports of the loopback interface. */
let server: RunningServer | undefined;

async function serve(question: Extract<Question, { ask: "serve" }>): Promise<Answers["serve"]> {
  const { dataDir, isPlain, apns } = question;
  const plainDevicePort = isPlain === true ? await freePort() : undefined;
  server = await startServer({
    dataDir,
    host: "127.0.0.1",
    publicHost: "localhost",
    ports: { api: 0, device: 0, agent: 0 },
    apns: apns ?? { url: "https://127.0.0.1:9" },
    logLevel: "silent",
    consoleDir: join(dataDir, "no-console"),
    version: "0.0.0",
    // The load generator stands where a proxy would that ended TLS.
    ...(plainDevicePort === undefined
      ? {}
      : { plainDevicePort, trustedProxy: { addresses: ["127.0.0.1"], header: "client-cert", form: "rfc9440" } }),
  });
  const tenants = await server.ensureTenants(["Orchard"]);
  const { apiUrl, deviceUrl, agentUrl, caFile } = server;
  return {
    apiUrl,
    deviceUrl,
    agentUrl,
    ca: readFileSync(caFile, "utf8"),
    tenantId: tenants[0]!.id,
    token: await server.issueToken("Benchmark", "operator", tenants),
    ...(plainDevicePort === undefined ? {} : { plainDevicePort }),
  };
}

/** One that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

answerQuestions(
  async (question) => (question.ask === "serve" ? serve(question) : undefined),
  async () => server?.stop(),
);
