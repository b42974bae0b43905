import { once } from "node:events";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import {
  AGENT_PATHS,
  type AgentSettings,
  type CarriedMessage,
  EnrollRequest,
  type Lane,
  PollRequest,
  parseClientId,
  parseTopic,
  RenewRequest,
  topicOf,
} from "@pomona/agent-protocol";
import { Aedes } from "aedes";
import { fits, messageSchema } from "../protocol-check.ts";
import { createTestCa } from "./test-ca.ts";

export const TENANT = "0190a000-0000-7000-8000-000000000001";
export const DEVICE = "0190a000-0000-7000-8000-000000000002";
export const TOKEN = "token-of-twenty-characters-1";

export interface ReceivedMessage {
  readonly lane: Lane;
  readonly message: string;
  readonly body: unknown;
  readonly by: "wire" | "net";
}

/** The server's side of the agent protocol, as small as tests need it: what does not fit the protocol is an error. */
export async function startTestServer() {
  const ca = createTestCa();
  const received: ReceivedMessage[] = [];
  const errors: string[] = [];
  const enrollments: EnrollRequest[] = [];
  const renewals: string[] = [];
  const tokens = new Set([TOKEN]);
  const connects: string[] = [];
  const polls: PollRequest[] = [];
  const forNet: CarriedMessage[] = [];
  const held = new Set<() => void>();
  const watchers = new Set<() => void>();
  const sockets = new Set<TLSSocket>();
  let netStatus = 200;
  let enrollmentIsLost = false;
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  const take = (lane: Lane, message: string, body: unknown, by: "wire" | "net") => {
    const schema = messageSchema("up", lane, message);
    if (schema === undefined || !fits(schema, body)) errors.push(`${lane}/${message} does not fit`);
    received.push({ lane, message, body, by });
    changed();
  };

  const broker = await Aedes.createBroker({
    authorizePublish(client, packet, done) {
      const topic = parseTopic(packet.topic);
      if (client === null || topic?.direction !== "up" || topic.deviceId !== parseClientId(client.id)?.deviceId) {
        errors.push(`published to ${packet.topic}`);
        return done(new Error("not yours"));
      }
      take(topic.lane, topic.message, JSON.parse(packet.payload.toString()), "wire");
      return done(null);
    },
    authorizeSubscribe(client, subscription, done) {
      const topic = parseTopic(subscription.topic);
      if (topic?.direction !== "down" || topic.deviceId !== parseClientId(client.id)?.deviceId) {
        errors.push(`subscribed to ${subscription.topic}`);
        return done(null, null);
      }
      return done(null, subscription);
    },
  });
  broker.on("clientReady", (client) => {
    connects.push(client.id);
    changed();
  });

  const tls = { key: ca.serverKeyPem, cert: ca.serverPem, ca: ca.rootPem };
  const openWire = (port: number): Promise<Server> => {
    const wire = createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: true }, (socket) => {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
      broker.handle(socket);
    });
    return new Promise((resolve) => {
      wire.listen(port, "127.0.0.1", () => resolve(wire));
    });
  };
  let wire: Server | undefined = await openWire(0);
  const brokerPort = (wire.address() as AddressInfo).port;

  const https: HttpsServer = createHttpsServer(
    { ...tls, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
        const answer = (status: number, value: unknown) =>
          response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
        if (request.url === AGENT_PATHS.enroll) return answerEnroll(body, answer);
        if (netStatus !== 200) return answer(netStatus, {});
        if (!(request.socket as TLSSocket).authorized) return answer(403, {});
        if (request.url === AGENT_PATHS.renew) return answerRenew(body, answer);
        return answerPoll(body, answer, (gone) => response.on("close", gone));
      });
    },
  );
  const answerEnroll = (body: unknown, answer: (status: number, value: unknown) => void) => {
    if (!fits(EnrollRequest, body)) return answer(400, {});
    enrollments.push(body);
    changed();
    if (enrollmentIsLost) {
      enrollmentIsLost = false;
      return https.closeAllConnections();
    }
    if (!tokens.delete(body.token)) return answer(403, {});
    const certificate = ca.issueAgent(Buffer.from(body.csr, "base64"), TENANT, DEVICE);
    return answer(200, { tenantId: TENANT, deviceId: DEVICE, certificate, roots: ca.rootPem });
  };
  const answerRenew = (body: unknown, answer: (status: number, value: unknown) => void) => {
    if (!fits(RenewRequest, body)) return answer(400, {});
    renewals.push(body.csr);
    changed();
    return answer(200, { certificate: ca.issueAgent(Buffer.from(body.csr, "base64"), TENANT, DEVICE) });
  };
  const answerPoll = (
    body: unknown,
    answer: (status: number, value: unknown) => void,
    onGone: (gone: () => void) => void,
  ) => {
    if (!fits(PollRequest, body)) {
      errors.push("a poll does not fit");
      return answer(400, {});
    }
    polls.push(body);
    for (const { lane, message, body: each } of body.messages) take(lane, message, each, "net");
    changed();
    const flush = () => {
      clearTimeout(timer);
      held.delete(flush);
      answer(200, { messages: forNet.splice(0) });
    };
    const timer = setTimeout(flush, body.waitSeconds * 1000);
    onGone(() => {
      clearTimeout(timer);
      held.delete(flush);
    });
    if (forNet.length > 0) flush();
    else held.add(flush);
  };
  await new Promise<void>((resolve) => {
    https.listen(0, "127.0.0.1", () => resolve());
  });
  const settings = (over: Partial<AgentSettings> = {}): AgentSettings => ({
    ServerURL: `https://127.0.0.1:${(https.address() as AddressInfo).port}`,
    BrokerURL: `mqtts://127.0.0.1:${brokerPort}`,
    TenantID: TENANT,
    DeviceID: DEVICE,
    EnrollmentToken: TOKEN,
    Roots: ca.rootPem,
    Nudge: "1",
    ...over,
  });
  const cutWire = async () => {
    const closed = wire;
    wire = undefined;
    for (const socket of sockets) socket.destroy();
    if (closed !== undefined) await new Promise((resolve) => closed.close(resolve));
  };
  return {
    ca,
    received,
    errors,
    enrollments,
    renewals,
    tokens,
    connects,
    polls,
    settings,
    /** Sends a message down the wire. */
    publish: (message: string, body: unknown, lane: Lane = "control") =>
      new Promise<void>((resolve, reject) => {
        const topic = topicOf({ tenantId: TENANT, deviceId: DEVICE, lane, direction: "down", message });
        broker.publish(
          { cmd: "publish", topic, payload: Buffer.from(JSON.stringify(body)), qos: 1, retain: false, dup: false },
          (error) => (error ? reject(error) : resolve()),
        );
      }),
    /** Gives a message to the next poll, or to the one that is held open. */
    giveToNet(message: string, body: unknown) {
      forNet.push({ lane: "control", message, body });
      for (const flush of held) {
        flush();
        break;
      }
    },
    /** Nothing listens on the broker's port any more. */
    cutWire,
    async mendWire() {
      wire ??= await openWire(brokerPort);
    },
    /** The connections stay open, and nothing is read from them any more; new ones are served. */
    freezeWire() {
      for (const socket of sockets) {
        socket.removeAllListeners("data");
        socket.removeAllListeners("readable");
        socket.pause();
      }
    },
    /** The next request with a token is read and never answered. */
    loseNextEnrollment() {
      enrollmentIsLost = true;
    },
    setNetStatus(status: number) {
      netStatus = status;
    },
    /** Resolves with the first message that fits, also one that came before. */
    message: (name: string, matches: (body: never) => boolean = () => true): Promise<ReceivedMessage> =>
      until(watchers, () => received.find((each) => each.message === name && matches(each.body as never)), name),
    until: <T>(look: () => T | undefined | false, what: string): Promise<T> => until(watchers, look, what),
    async stop() {
      await cutWire();
      for (const flush of held) flush();
      https.closeAllConnections();
      https.close();
      await once(https, "close").catch(() => {});
      await new Promise<void>((resolve) => {
        broker.close(() => resolve());
      });
    },
  };
}

export type TestServer = Awaited<ReturnType<typeof startTestServer>>;

/** Looks again after every change and every 20 ms, for 20 s at most. */
function until<T>(watchers: Set<() => void>, look: () => T | undefined | false, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(limit);
      clearInterval(slow);
      watchers.delete(check);
    };
    const check = () => {
      const found = look();
      if (found === undefined || found === false) return;
      end();
      resolve(found);
    };
    const limit = setTimeout(() => {
      end();
      reject(new Error(`waited in vain for ${what}`));
    }, 20_000);
    const slow = setInterval(check, 20);
    watchers.add(check);
    check();
  });
}
