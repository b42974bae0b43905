import { createHash, generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AGENT_PATHS, type EnrollResponse } from "@pomona/agent-protocol";
import { createCertificateRequest } from "@pomona/pki";
import { nodeCrypto, privateKeyFromPem } from "@pomona/pki/node";
import { factsAreQuiet } from "../check-in/fill-queues.ts";
import { storeFingerprint } from "../check-in/kept-fleet.ts";
import { progress } from "../figures/progress.ts";
import { startChild } from "../processes/child.ts";
import { CACHE } from "../processes/scratch.ts";
import type { EnrolledAgent } from "./enrolled-agent.ts";

interface Invited {
  readonly deviceId: string;
  readonly serialNumber: string;
  readonly token: string;
}

const AT_ONCE = 8;
const TOKEN_LIFE_MS = 600_000;

/**
 * Puts the data of a server with so many agents into `dataDir`. The Macs and their one-time tokens are written into the
 * store; from there on each agent makes its key and gets its certificate at the device channel, as in use. That is done
 * once, and kept in the cache folder until a table of the server changes.
 */
export async function bringAgents(server: URL, dataDir: string, count: number): Promise<readonly EnrolledAgent[]> {
  const kept = join(CACHE, `agents-${count}-${storeFingerprint()}`);
  if (!existsSync(kept)) {
    progress(`enrolling ${count} agents, which is kept for the next time`);
    const making = `${kept}.${process.pid}`;
    try {
      const agents = await enrollAgents(server, making, count);
      writeFileSync(join(making, "agents.json"), JSON.stringify(agents));
      renameSync(making, kept);
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  }
  cpSync(kept, dataDir, { recursive: true });
  progress(`${count} agents are enrolled`);
  return JSON.parse(readFileSync(join(dataDir, "agents.json"), "utf8")) as EnrolledAgent[];
}

async function enrollAgents(server: URL, dataDir: string, count: number): Promise<readonly EnrolledAgent[]> {
  const first = startChild(server);
  const { tenantId } = await first.ask({ ask: "serve", dataDir });
  await first.stop();
  const invited = invite(dataDir, tenantId, count);
  const child = startChild(server);
  try {
    const { deviceUrl, ca } = await child.ask({ ask: "serve", dataDir });
    const pool = new Agent({ keepAlive: true, maxSockets: AT_ONCE, ca });
    const agents: EnrolledAgent[] = [];
    let next = 0;
    const enrollNext = async (): Promise<void> => {
      while (next < invited.length)
        agents.push(await enroll(`${deviceUrl}${AGENT_PATHS.enroll}`, pool, invited[next++]!));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, enrollNext));
    await factsAreQuiet(dataDir);
    pool.destroy();
    return agents;
  } finally {
    await child.stop();
  }
}

/** Macs, and a token of first trust for each, as the acknowledgement of their agent's installation would have made it. */
function invite(dataDir: string, tenantId: string, count: number): readonly Invited[] {
  const database = new DatabaseSync(join(dataDir, "pomona.db"));
  const now = Date.now();
  const mac = database.prepare(
    "INSERT INTO devices (tenant_id, id, serial_number, name, created_at) VALUES (?, ?, ?, ?, ?)",
  );
  const grant = database.prepare(
    "INSERT INTO agent_tokens (tenant_id, hash, device_id, serial_number, expires_at) VALUES (?, ?, ?, ?, ?)",
  );
  database.exec("BEGIN");
  const invited = Array.from({ length: count }, (_, index) => {
    const deviceId = versionSeven(now, index);
    const serialNumber = `BENCH${String(index).padStart(7, "0")}`;
    const token = `${tenantId}.${deviceId}.${randomBytes(32).toString("base64url")}`;
    mac.run(tenantId, deviceId, serialNumber, `Mac ${index}`, now);
    grant.run(tenantId, createHash("sha256").update(token).digest("hex"), deviceId, serialNumber, now + TOKEN_LIFE_MS);
    return { deviceId, serialNumber, token };
  });
  database.exec("COMMIT");
  database.close();
  return invited;
}

/** A UUID whose time is given and whose rest is random. */
function versionSeven(now: number, index: number): string {
  const time = (now - index).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

async function enroll(url: string, agent: Agent, { deviceId, serialNumber, token }: Invited): Promise<EnrolledAgent> {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const csr = createCertificateRequest(nodeCrypto(), privateKeyFromPem(key), { subject: { CN: "Pomona agent" } });
  const body = { token, csr: Buffer.from(csr).toString("base64"), serialNumber, version: "0.1.0" };
  const { tenantId, certificate } = await postJson<EnrollResponse>(url, agent, body);
  return { tenantId, deviceId, serialNumber, key, certificate };
}

function postJson<Answer>(url: string, agent: Agent, body: unknown): Promise<Answer> {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { "content-type": "application/json", "content-length": bytes.length };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        if (answer.statusCode === 200) resolve(JSON.parse(text) as Answer);
        else reject(new Error(`${url} answered ${answer.statusCode}: ${text}`));
      });
    });
    sent.on("error", reject);
    sent.end(bytes);
  });
}
