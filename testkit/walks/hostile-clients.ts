import { connect, type Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";

/**
 * Connections that never come to the point, as a program of its own: how, the server's port, how many. Tells its parent
 * `{ opened }` when each has been tried, and ends with it.
 */
const [how = "", port = "", count = ""] = process.argv.slice(2);

/** The head of a TLS record that promises 512 bytes of ClientHello, and 20 of them. */
const HALF_HELLO = Buffer.from("1603010200010001fc0303".padEnd(50, "0"), "hex");
const SLOW_EVERY_MS = 300;
const TOGETHER = 100;

const where = { host: "127.0.0.1", port: Number(port) };
const ways: Readonly<Record<string, () => Socket>> = {
  /** Connected, and not a byte, or not enough. */
  "half-open": () => {
    const socket = connect(where);
    if (begun % 2 === 0) socket.write(HALF_HELLO);
    return socket;
  },
  "slow-headers": () => slowly("PUT /mdm HTTP/1.1\r\nHost: x\r\nX: "),
  "slow-body": () => slowly("PUT /mdm HTTP/1.1\r\nHost: x\r\nMdm-Signature: AAAA\r\nContent-Length: 8000000\r\n\r\n"),
  /** 200 MB of a plist that has no announced length. */
  "long-body": () => flooding("Transfer-Encoding: chunked"),
  "announced-body": () => flooding("Content-Length: 200000000"),
};

function slowly(head: string): Socket {
  const socket = tlsConnect({ ...where, rejectUnauthorized: false }, () => socket.write(head));
  const timer = setInterval(() => socket.write("x"), SLOW_EVERY_MS);
  socket.once("close", () => clearInterval(timer));
  return socket;
}

function flooding(length: string): Socket {
  const part = Buffer.alloc(1_000_000, "<array>");
  const chunk = length.startsWith("Transfer")
    ? Buffer.concat([Buffer.from("f4240\r\n"), part, Buffer.from("\r\n")])
    : part;
  let left = 200;
  const more = () => {
    while (left > 0 && !socket.destroyed) {
      left -= 1;
      if (!socket.write(chunk)) return;
    }
  };
  const head = `PUT /mdm HTTP/1.1\r\nHost: x\r\nMdm-Signature: AAAA\r\n${length}\r\n\r\n`;
  const socket = tlsConnect({ ...where, rejectUnauthorized: false }, () => {
    socket.write(head);
    more();
  });
  socket.on("drain", more);
  socket.on("data", (answer: Buffer) => process.send?.({ answered: answer.subarray(0, 12).toString("latin1") }));
  return socket;
}

let begun = 0;
let tried = 0;
let connected = 0;
const open = (): void => {
  if (begun >= Number(count)) return;
  begun += 1;
  const socket = ways[how]!();
  let isTried = false;
  const next = () => {
    if (isTried) return;
    isTried = true;
    tried += 1;
    if (tried === Number(count)) process.send?.({ opened: connected });
    else open();
  };
  socket.once("connect", () => {
    connected += 1;
    next();
  });
  socket.on("error", next);
  socket.once("close", next);
};
process.on("disconnect", () => process.exit(0));
for (let n = 0; n < TOGETHER; n += 1) open();
