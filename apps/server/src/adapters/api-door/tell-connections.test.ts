import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { type AddressInfo, connect as connectSocket } from "node:net";
import { after, before, test } from "node:test";
import fastify, { type FastifyInstance } from "fastify";
import { WaitingRoom } from "../connections/waiting-room.ts";
import { silentLog } from "../log/log.ts";
import { tellConnections } from "./tell-connections.ts";

const ends: (() => unknown)[] = [];
const PLACES = 8;
const BYTES = 100_000;

/** A server over HTTP/2 or HTTP/1.1, without TLS, that answers a body with its length, and `/slow` when told to. */
async function serverWith(http2: boolean) {
  const server = (http2 ? fastify({ http2: true }) : fastify()) as unknown as FastifyInstance;
  const room = new WaitingRoom("test", silentLog, { places: PLACES, bytes: BYTES });
  let answerSlow: () => void = () => {};
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_, body, done) => done(null, body));
  server.post("/", async (request) => ({ bytes: (request.body as Buffer).length }));
  server.get("/slow", () => new Promise((resolve) => (answerSlow = () => resolve({ slow: true }))));
  tellConnections(server, room);
  ends.push(() => server.close());
  await server.listen({ port: 0, host: "127.0.0.1" });
  const { port } = server.server.address() as AddressInfo;
  return { server, room, port, origin: `http://127.0.0.1:${port}`, answerSlow: () => answerSlow() };
}
type Served = Awaited<ReturnType<typeof serverWith>>;

let two: Served;
before(async () => {
  two = await serverWith(true);
});
after(async () => {
  for (const end of ends.toReversed()) await end();
});

async function open(): Promise<ClientHttp2Session> {
  const session = connect(two.origin);
  ends.push(() => session.destroy());
  session.on("error", () => {});
  await once(session, "connect");
  return session;
}
function post(session: ClientHttp2Session): ClientHttp2Stream {
  const stream = session.request({ ":method": "POST", ":path": "/", "content-type": "application/octet-stream" });
  stream.on("error", () => {});
  return stream;
}
async function answerOf(stream: ClientHttp2Stream): Promise<unknown> {
  let text = "";
  for await (const part of stream) text += String(part);
  return JSON.parse(text);
}

test("connections whose body never ends make room for those that come, longest silent first", async () => {
  const silent: ClientHttp2Session[] = [];
  for (let n = 0; n < PLACES; n += 1) {
    const session = await open();
    post(session).write("x");
    silent.push(session);
  }
  assert.equal(two.room.waiting, PLACES);
  const closed = once(silent[0]!, "close");
  const session = await open();
  await closed;
  const stream = post(session);
  stream.end("a whole body");
  assert.deepEqual(await answerOf(stream), { bytes: 12 });
  assert.equal(silent.at(-1)!.closed, false, "the last that came is still there");
  for (const each of silent) each.destroy();
});

test("parts of bodies have a bound together; a body within it arrives whole", async () => {
  const greedy = await open();
  const closed = once(greedy, "close");
  for (let n = 0; n < 4; n += 1) post(greedy).write(Buffer.alloc(30_000));
  await closed;
  const session = await open();
  const stream = post(session);
  for (let n = 0; n < 9; n += 1) stream.write(Buffer.alloc(10_000));
  stream.end();
  assert.deepEqual(await answerOf(stream), { bytes: 90_000 });
  session.destroy();
});

test("a connection that is being answered keeps its place, whatever else comes", async () => {
  const session = await open();
  const stream = session.request({ ":path": "/slow" });
  const answer = answerOf(stream);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const crowd = await Promise.all(Array.from({ length: PLACES + 3 }, open));
  two.answerSlow();
  assert.deepEqual(await answer, { slow: true });
  for (const each of crowd) each.destroy();
});

test("over HTTP/1.1 a request without a body is answered at once, one with half a body is waited for", async () => {
  const one = await serverWith(false);
  const socket = connectSocket(one.port, "127.0.0.1");
  ends.push(() => socket.destroy());
  await once(socket, "connect");
  socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 4\r\n\r\nab");
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(one.room.waiting, 1);
  socket.write("cd");
  const [answer] = (await once(socket, "data")) as [Buffer];
  assert.match(String(answer), /\{"bytes":4\}/);
  socket.write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(one.room.waiting, 0);
  one.answerSlow();
  await once(socket, "data");
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(one.room.waiting, 1, "the next word is the peer's");
});
