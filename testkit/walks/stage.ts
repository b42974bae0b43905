import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInvitation, createPushRequest, uploadPushCertificate } from "@pomona/contract";
import { type RunningServer, type ServerConfig, startServer } from "@pomona/server";
import {
  type ApiClient,
  type ApnsReceiver,
  openApiClient,
  startApnsReceiver,
  VirtualMac,
  type VirtualMacOptions,
} from "@pomona/testkit";
import { agentBundle } from "./agent-bundle.ts";

/** What a walk is played on: a server with two tenants, a push service, and Macs as they are needed. */
export interface Stage extends AsyncDisposable {
  readonly server: RunningServer;
  readonly apns: ApnsReceiver;
  readonly ca: string;
  readonly folder: string;
  readonly tenantIds: readonly [string, string];
  /** An operator's client in the first tenant, and in the second. */
  readonly api: ApiClient;
  readonly otherApi: ApiClient;
  /** A new Mac, switched on and not enrolled. */
  mac(options?: Partial<VirtualMacOptions>): Promise<VirtualMac>;
  /** A new Mac that has enrolled in the first tenant. */
  enrolledMac(options?: Partial<VirtualMacOptions>): Promise<VirtualMac>;
  /** A fresh enrollment link of the first tenant. */
  invitation(): Promise<string>;
}

/** What a stage is built on. */
export interface StageParts {
  readonly server: RunningServer;
  readonly apns: ApnsReceiver;
  readonly folder: string;
  /** An operator of both tenants. */
  readonly token: string;
  readonly tenantIds: readonly [string, string];
}

/** A stage on a server that runs already; ending it switches off the Macs that it made, and nothing else. */
export async function stageOver({ server, apns, folder, token, tenantIds }: StageParts): Promise<Stage> {
  const ca = await readFile(server.caFile, "utf8");
  const client = (tenantId: string) => openApiClient({ apiUrl: server.apiUrl, ca, token, tenantId });
  const [api, otherApi] = [client(tenantIds[0]), client(tenantIds[1])];
  const macs: VirtualMac[] = [];
  const mac = async (options: Partial<VirtualMacOptions> = {}): Promise<VirtualMac> => {
    const name = `walk-mac-${process.pid}-${Date.now()}-${macs.length}`;
    const made = await VirtualMac.open({
      folder: path.join(folder, name),
      apns,
      agentMode: "none",
      network: "switchable",
      keyCacheDir: path.join(tmpdir(), "pomona-walk-keys"),
      launchdThrottleMs: 200,
      ...options,
    });
    macs.push(made);
    return made;
  };
  const invitation = async () => (await api.call(createInvitation, { name: "Walk" })).url;
  return {
    server,
    apns,
    ca,
    folder,
    tenantIds,
    api,
    otherApi,
    mac,
    invitation,
    enrolledMac: async (options) => {
      const made = await mac(options);
      await made.enroll(await invitation(), { ca });
      return made;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(macs.map((each) => each.close()));
      api.close();
      otherApi.close();
    },
  };
}

/** A stage of its own, in a temporary folder. @param changes to the server's configuration */
export async function openStage(changes: Partial<ServerConfig> = {}): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), "pomona-walk-"));
  const apns = await startApnsReceiver();
  const server = await startServer({
    dataDir: path.join(folder, "server"),
    host: "127.0.0.1",
    publicHost: "localhost",
    ports: { api: 0, device: 0, agent: 0 },
    apns: { url: apns.url, ca: apns.authority.rootPem },
    logLevel: "silent",
    consoleDir: path.join(folder, "no-console"),
    version: "0.0.0",
    agentBundle: await agentBundle(),
    ...changes,
  });
  const [first, second] = await server.ensureTenants(["Orchard", "Vineyard"]);
  const token = await server.issueToken("walk", "operator", [first!, second!]);
  const stage = await stageOver({ server, apns, folder, token, tenantIds: [first!.id, second!.id] });
  for (const each of [stage.api, stage.otherApi]) await bringPushCertificate(each, apns);
  return {
    ...stage,
    [Symbol.asyncDispose]: async () => {
      await stage[Symbol.asyncDispose]();
      await server.stop();
      await apns.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What an administrator does at Apple's portal, with the test authority in Apple's place. */
export async function bringPushCertificate(api: ApiClient, apns: ApnsReceiver): Promise<void> {
  const { csr } = await api.call(createPushRequest, { organization: "Walks", email: "walks@example.org" });
  await api.call(uploadPushCertificate, { certificate: apns.authority.sign(csr).certificatePem });
}

/** Asks again until the answer is a value; for what another process does in its own time. @throws Error after `withinMs` */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  withinMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
