import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { selfSigned } from "../check-in/reference.ts";
import { openConnection } from "../load/open-connections.ts";
import { startChild } from "../processes/child.ts";

const ROUNDS = 200;
const BODY = Buffer.alloc(4000, "a");
/** GetCACaps, GetCACert, PKIOperation, Authenticate, TokenUpdate. */
const REQUESTS = ["GET", "GET", "POST", "PUT", "PUT"];

/**
 * CPU in ms of what no server can leave out of an enrollment: a TLS handshake, five requests of which four have an RSA
 * signature to verify, and the three operations with the CA's key that SCEP takes (open, issue, sign). No store, no parsing.
 */
export async function measureBare(keyPem: string): Promise<number> {
  const key = createPrivateKey(keyPem);
  const tls = selfSigned();
  const child = startChild(new URL("../processes/reference-process.ts", import.meta.url));
  try {
    const { port } = await child.ask({
      ask: "refer",
      tls,
      check: {
        publicKey: createPublicKey(key).export({ type: "spki", format: "pem" }).toString(),
        signature: sign("sha256", BODY, key),
      },
      signing: { privateKey: keyPem, timesPerPost: 3 },
    });
    const round = async () => {
      const connection = await openConnection(port, { ca: tls.ca });
      for (const method of REQUESTS) await connection.send(requestOf(method));
      connection.close();
    };
    await round();
    const before = await child.ask({ ask: "usage" });
    for (let at = 0; at < ROUNDS; at++) await round();
    const after = await child.ask({ ask: "usage" });
    return (after.cpuMs - before.cpuMs) / ROUNDS;
  } finally {
    await child.stop();
  }
}

function requestOf(method: string): Uint8Array {
  const body = method === "GET" ? Buffer.alloc(0) : BODY;
  const head = `${method} / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}
