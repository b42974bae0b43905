import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tools } from "./catalog.ts";
import type { ToolContext, ToolRun } from "./tool.ts";
import { toolExecutable } from "./tool-client.ts";

const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

/** A folder of executables named like Apple's, and the socket behind them. */
export interface Userland {
  /** What the agent gets as `--tools`. */
  readonly folder: string;
  /** Every running tool ends at once, as at a loss of power. */
  cut(): void;
  close(): Promise<void>;
}

/** @param folder where the executables go; it is made */
export async function startUserland(folder: string, context: ToolContext): Promise<Userland> {
  // Not in the Mac's own folder: a socket's path may have little more than a hundred bytes.
  const socketFolder = await mkdtemp(join(tmpdir(), "mac-"));
  const socketPath = join(socketFolder, "tools");
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, context);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });

  await mkdir(folder, { recursive: true });
  // Without an own package.json these files would be read as what the surrounding project is.
  await writeFile(join(folder, "package.json"), '{"type":"commonjs"}\n');
  const text = toolExecutable(process.execPath, socketPath);
  await Promise.all(Object.keys(tools).map((name) => writeFile(join(folder, name), text, { mode: 0o755 })));

  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    folder,
    cut,
    close: async () => {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(socketFolder, { recursive: true, force: true });
    },
  };
}

function serve(socket: Socket, context: ToolContext): void {
  let received = Buffer.alloc(0);
  const collect = (bytes: Buffer): void => {
    received = Buffer.concat([received, bytes]);
    if (received.length > MAX_REQUEST_BYTES) socket.destroy();
    if (received.length < 4 || received.length < 4 + received.readUInt32BE(0)) return;
    socket.off("data", collect);
    const request = JSON.parse(received.subarray(4).toString("utf8")) as ToolRequest;
    void runTool(socket, request, context);
  };
  socket.on("data", collect);
}

interface ToolRequest {
  readonly tool: string;
  readonly argv: readonly string[];
  readonly stdin: string;
}

async function runTool(socket: Socket, request: ToolRequest, context: ToolContext): Promise<void> {
  context.started.push([request.tool, ...request.argv].join(" "));
  if (context.started.length > 10_000) context.started.shift();
  const ended = new AbortController();
  socket.on("close", () => ended.abort());
  const send = (kind: 1 | 2 | 3, bytes: Buffer): void => {
    if (socket.destroyed) return;
    const head = Buffer.alloc(5);
    head.writeUInt8(kind, 0);
    head.writeUInt32BE(bytes.length, 1);
    socket.write(Buffer.concat([head, bytes]));
  };
  const run: ToolRun = {
    argv: request.argv,
    stdin: () => request.stdin,
    stdout: (text) => send(1, Buffer.from(text)),
    stderr: (text) => send(2, Buffer.from(text)),
    waiting: () => socket.writableLength,
    ended: ended.signal,
  };
  const tool = Object.hasOwn(tools, request.tool) ? tools[request.tool] : undefined;
  const code = tool === undefined ? 127 : await tool(run, context);
  const exit = Buffer.alloc(4);
  exit.writeInt32BE(code);
  send(3, exit);
  socket.end();
}
