import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { answerQuestions } from "../processes/answer-questions.ts";
import type { Answers, Question } from "../processes/questions.ts";

/**
 * The least that an order can cost here: a POST, one durable row, a line to the connection that waits, its answer, another
 * durable row, and the acknowledgement of it. No MQTT, no permissions, no audit, no facts.
 */
const LINE = `${"x".repeat(400)}\n`;
let close = (): void => {};

async function echo({ tls, dataDir }: Extract<Question, { ask: "echo" }>): Promise<Answers["echo"]> {
  const database = new DatabaseSync(join(dataDir, "echo.db"));
  database.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)",
  );
  const insert = database.prepare("INSERT INTO rows (text) VALUES (?)");
  const { key, certificate: cert, ca } = tls;
  let waiting: TLSSocket | undefined;
  const agents = createTlsServer({ key, cert, ca, requestCert: true }, (socket) => {
    socket.setNoDelay(true);
    waiting = socket;
    socket.on("error", () => {});
    socket.on("data", () => {
      insert.run(LINE);
      socket.write("committed\n");
    });
  });
  const api = createServer({ key, cert }, (request, response) => {
    request.resume().on("end", () => {
      insert.run(LINE);
      response.writeHead(202, { "content-length": 2 }).end("{}");
      waiting?.write(LINE);
    });
  });
  api.keepAliveTimeout = 300_000;
  await Promise.all([agents, api].map((server) => new Promise<void>((done) => server.listen(0, "127.0.0.1", done))));
  close = () => {
    api.closeAllConnections();
    waiting?.destroy();
    database.close();
  };
  const portOf = (server: typeof agents | typeof api) => (server.address() as AddressInfo).port;
  return { apiPort: portOf(api), agentPort: portOf(agents) };
}

answerQuestions(
  async (question) => (question.ask === "echo" ? echo(question) : undefined),
  async () => close(),
);
