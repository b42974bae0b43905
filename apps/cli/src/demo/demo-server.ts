import { readFile } from "node:fs/promises";
import path from "node:path";
import { createPushRequest, showPush, uploadPushCertificate } from "@pomona/contract";
import { type RunningServer, readSettings, SETTINGS, type ServerConfig } from "@pomona/server";
import { type ApiClient, openApiClient, openPushAuthority } from "@pomona/testkit";
import type { DemoOptions } from "../options.ts";
import { shipped } from "../shipped.ts";
import { type DemoState, writeState } from "./demo-state.ts";

const TENANTS = ["Orchard Studios", "Vineyard Health"] as const;

/** A demo's server once it is furnished. */
export interface Running {
  readonly ca: string;
  readonly token: string;
  readonly tenants: readonly { readonly id: string; readonly name: string; readonly token: string }[];
  readonly clients: readonly ApiClient[];
}

/** The push service that it sends to. */
export type Apns = { readonly url: string; readonly port: number; readonly rootPem: string; readonly keyPem: string };

/** The same ports as last time: the Macs of the folder know this server by them. */
export function configOf(folder: string, options: DemoOptions, kept: DemoState | undefined, apns: Apns): ServerConfig {
  const settings = readSettings(process.env);
  const first = options.ports ?? Number(SETTINGS.apiPort.default);
  const wanted = first === 0 ? { api: 0, device: 0, agent: 0 } : { api: first, device: first + 1, agent: first + 2 };
  return {
    ...shipped(),
    dataDir: path.join(folder, "server"),
    host: "127.0.0.1",
    publicHost: "localhost",
    ports: kept?.ports ?? (options.ports === undefined ? { api: 8443, device: 8444, agent: 8883 } : wanted),
    apns: { url: apns.url, ca: apns.rootPem },
    logLevel: process.env["POMONA_LOG_LEVEL"] === undefined ? "error" : settings.logLevel,
  };
}

/** Tenants, tokens and push certificates; those of an earlier start where there was one. */
export async function settle(
  folder: string,
  server: RunningServer,
  kept: DemoState | undefined,
  apns: Apns,
): Promise<Running> {
  const ca = await readFile(server.caFile, "utf8");
  const rows = await server.ensureTenants(TENANTS);
  const token = kept?.token ?? (await server.issueToken("Demo operator", "operator", rows));
  const tenantTokens =
    kept?.tenantTokens ??
    (await Promise.all(rows.map((row) => server.issueToken(`${row.name} operator`, "operator", [row]))));
  const port = (url: string): number => Number(new URL(url.replace("mqtts:", "https:")).port);
  const ports = { api: port(server.apiUrl), device: port(server.deviceUrl), agent: port(server.agentUrl) };
  await writeState(folder, {
    ports,
    apns: { port: apns.port, rootPem: apns.rootPem, keyPem: apns.keyPem },
    token,
    tenantTokens,
  });
  const tenants = rows.map((row, index) => ({ id: row.id, name: row.name, token: tenantTokens[index]! }));
  const clients = tenants.map((tenant) => openApiClient({ apiUrl: server.apiUrl, ca, token: tenant.token }));
  const authority = await openPushAuthority(apns);
  for (const client of clients) {
    if ((await client.call(showPush, {})).state === "ready") continue;
    const { csr } = await client.call(createPushRequest, { organization: "Demo", email: "demo@example.org" });
    await client.call(uploadPushCertificate, { certificate: authority.sign(csr).certificatePem });
  }
  return { ca, token, tenants, clients };
}

/** Two thirds of the Macs belong to the first tenant. */
export const shares = (macs: number): readonly number[] => [Math.ceil((macs * 2) / 3), Math.floor(macs / 3)];
