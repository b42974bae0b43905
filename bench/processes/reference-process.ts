import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { answerQuestions } from "./answer-questions.ts";
import type { Answers, Question } from "./questions.ts";

/** The least that an answer to a check-in can cost here: read the body, verify one RSA signature, answer. No parsing, no store. */
let server: Server | undefined;

async function refer(question: Extract<Question, { ask: "refer" }>): Promise<Answers["refer"]> {
  const { tls, check, signing } = question;
  const answer = question.answer ?? new Uint8Array();
  const key = check && createPublicKey(check.publicKey);
  const ownKey = signing && createPrivateKey(signing.privateKey);
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      const isGenuine = check === undefined || body.length === 0 || verify("sha256", body, key!, check.signature);
      if (signing !== undefined && request.method === "POST") {
        for (let at = 0; at < signing.timesPerPost; at++) sign("sha256", body, ownKey!);
      }
      response.writeHead(isGenuine ? 200 : 400, { "content-length": answer.length });
      response.end(answer);
    });
  };
  server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer(
          { key: tls.key, cert: tls.certificate, ca: tls.ca, requestCert: true, rejectUnauthorized: false },
          listener,
        );
  // The load comes and goes, and the connections are to stay.
  server.keepAliveTimeout = 300_000;
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port };
}

answerQuestions(
  async (question) => (question.ask === "refer" ? refer(question) : undefined),
  async () => {
    server?.closeAllConnections();
  },
);
