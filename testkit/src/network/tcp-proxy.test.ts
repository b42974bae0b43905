import assert from "node:assert/strict";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, it } from "node:test";
import { startTcpProxy } from "./tcp-proxy.ts";

async function echoServer() {
  const sockets: Socket[] = [];
  const closed: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => closed.push(socket));
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    closed,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function open(port: number) {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (bytes: Buffer) => {
    text += bytes.toString();
  });
  const ended = new Promise<void>((resolve) => socket.on("error", () => resolve()).on("close", () => resolve()));
  await Promise.race([new Promise((resolve) => socket.once("connect", resolve)), ended]);
  return { socket, ended, text: () => text };
}
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};
const while50ms = () => new Promise((resolve) => setTimeout(resolve, 50));

describe("the switchable network of a virtual Mac", { timeout: 20_000 }, () => {
  it("passes bytes and the end of a connection", async () => {
    await using server = await echoServer();
    const proxy = await startTcpProxy({ host: "127.0.0.1", port: server.port });
    const client = await open(proxy.port);
    client.socket.end("hello");
    await client.ended;
    assert.equal(client.text(), "hello");
    await proxy.close();
  });

  it("resets what stands and refuses what comes while it is blocked", async () => {
    await using server = await echoServer();
    const proxy = await startTcpProxy({ host: "127.0.0.1", port: server.port });
    const standing = await open(proxy.port);
    standing.socket.write("x");
    await until(() => standing.text() === "x");
    proxy.block(true);
    await standing.ended;
    await (await open(proxy.port)).ended;
    proxy.block(false);
    const again = await open(proxy.port);
    again.socket.end("y");
    await again.ended;
    assert.equal(again.text(), "y");
    await proxy.close();
  });

  it("lets a Mac vanish without a word, also when its process dies meanwhile", async () => {
    await using server = await echoServer();
    const proxy = await startTcpProxy({ host: "127.0.0.1", port: server.port });
    const asleep = await open(proxy.port);
    const dead = await open(proxy.port);
    for (const client of [asleep, dead]) client.socket.write("a");
    await until(() => asleep.text() === "a" && dead.text() === "a");
    proxy.freeze();
    asleep.socket.write("b");
    dead.socket.resetAndDestroy();
    await while50ms();
    assert.equal(asleep.text(), "a");
    assert.equal(server.closed.length, 0);
    proxy.thaw();
    await until(() => asleep.text() === "ab" && server.closed.length === 1);
    proxy.drop();
    await asleep.ended;
    await proxy.close();
  });
});
