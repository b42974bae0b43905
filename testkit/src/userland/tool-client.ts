/**
 * The program behind every executable of the userland: it hands its name and arguments to the virtual Mac over a Unix socket and
 * prints what comes back. Frames of the answer: one byte (1 stdout, 2 stderr, 3 exit code), four bytes of length, then the bytes.
 * It is CommonJS in one file, because what it costs is the start of a process and little else.
 */
const program = String.raw`
const net = require("node:net");
const fs = require("node:fs");
const path = require("node:path");
const socket = net.connect(SOCKET);
const argv = process.argv.slice(2);
// Only where the arguments say that it is read: whoever starts a tool may leave it open.
const stdin = argv.includes("-inputplist") || argv.includes("-") ? fs.readFileSync(0, "utf8") : "";
const request = Buffer.from(JSON.stringify({ tool: path.basename(process.argv[1]), argv, stdin }));
const length = Buffer.alloc(4);
length.writeUInt32BE(request.length);
socket.write(Buffer.concat([length, request]));
let pending = Buffer.alloc(0);
let code = 1;
const write = (fd, bytes) => {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += fs.writeSync(fd, bytes, at);
    } catch (error) {
      if (error.code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
      else process.exit(0);
    }
  }
};
socket.on("data", (bytes) => {
  pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
  let at = 0;
  while (pending.length - at >= 5) {
    const size = pending.readUInt32BE(at + 1);
    if (pending.length - at < 5 + size) break;
    const body = pending.subarray(at + 5, at + 5 + size);
    if (pending[at] === 3) code = body.readInt32BE(0);
    else write(pending[at], body);
    at += 5 + size;
  }
  pending = pending.subarray(at);
});
socket.on("error", () => process.exit(1));
socket.on("close", () => process.exit(code));
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => process.exit(signal === "SIGTERM" ? 143 : 130));
`;

/** The text of one executable. It starts with `/bin/sh`, so that neither a long path nor a space in it matters. */
export function toolExecutable(node: string, socketPath: string): string {
  const quoted = `'${node.replaceAll("'", `'\\''`)}'`;
  return `#!/bin/sh\n':' //; exec ${quoted} "$0" "$@"\nconst SOCKET = ${JSON.stringify(socketPath)};${program}`;
}
