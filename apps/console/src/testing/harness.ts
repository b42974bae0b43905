import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  createInvitation,
  createPushRequest,
  listDevices,
  renameDevice,
  uploadPushCertificate,
} from "@pomona/contract";
import { type ServerConfig, startServer } from "@pomona/server";
import { type ApiClient, type ApnsReceiver, openApiClient, startApnsReceiver, VirtualMac } from "@pomona/testkit";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { chromiumPath } from "./chromium.ts";
import { until } from "./until.ts";

const ROOT = path.join(import.meta.dirname, "../../../..");
const CONSOLE = path.join(ROOT, "apps/console/dist");
const AGENT = path.join(ROOT, "dist/pomona-agent.mjs");
/** Names that a layout must bear: an apostrophe, right to left, emoji, length. */
const NAMES = ["Ana’s MacBook Pro", "مكتب الاستقبال", "Zoë 🍎 Studio with a name that goes on and on and on and on"];

interface Tenant {
  readonly id: string;
  readonly name: string;
}

/** A whole server with a small fleet, and a browser before it. */
export interface TestConsole extends AsyncDisposable {
  readonly url: string;
  /** Where the first administrator signs in. */
  readonly firstSignInLink: string;
  /** An administrator's, of both tenants. */
  readonly token: string;
  readonly tenants: readonly [Tenant, Tenant];
  /** The server's data folder, to which the command line writes too. */
  readonly dataDir: string;
  /** The API in the first tenant. */
  readonly api: ApiClient;
  /** Three Macs of the first tenant and one of the second, all online. */
  readonly macs: readonly VirtualMac[];
  /** Apple's push service, whose authority also signs certificate requests. */
  readonly apns: ApnsReceiver;
  /** Ids of the first tenant's Macs, in the order of `macs`. */
  readonly deviceIds: readonly string[];
  /** The server stops and starts on its ports again, told that its data are those of a backup. */
  restoreBackup(): Promise<void>;
  /** A page in a context of its own, signed in unless `stranger`. */
  open(options?: { stranger?: boolean; dark?: boolean; width?: number }): Promise<TestPage>;
}

export interface TestPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page logged as an error, or threw, since it was signed in. */
  readonly errors: readonly string[];
  /** Opens an address of the console and waits for its heading. */
  go(address: string): Promise<void>;
}

const bringPushCertificate = async (api: ApiClient, apns: ApnsReceiver): Promise<void> => {
  const { csr } = await api.call(createPushRequest, { organization: "Orchard", email: "mdm@orchard.example" });
  await api.call(uploadPushCertificate, { certificate: apns.authority.sign(csr).certificatePem });
};

const portOf = (url: string): number => Number(new URL(url.replace(/^\w+:/, "http:")).port);

interface TestConsoleOptions {
  /** The service that signs certificate requests; without one no key for it is set. */
  readonly signingUrl?: string;
}

/** Starts everything on free ports; its data lies in a temporary folder that goes with it. */
export const startConsole = async ({ signingUrl }: TestConsoleOptions = {}): Promise<TestConsole> => {
  for (const [file, command] of [
    [path.join(CONSOLE, "index.html"), "node tools/build.ts"],
    [AGENT, "node tools/build.ts --ship"],
  ] as const)
    if (!existsSync(file)) throw new Error(`${path.relative(ROOT, file)} is not built: ${command}`);

  await using started = new AsyncDisposableStack();
  const folder = mkdtempSync(path.join(tmpdir(), "pomona-console-"));
  started.defer(() => rmSync(folder, { recursive: true, force: true }));
  const apns = await startApnsReceiver();
  started.defer(() => apns.stop());
  const dataDir = path.join(folder, "server");
  const config: ServerConfig = {
    dataDir,
    host: "127.0.0.1",
    publicHost: "localhost",
    ports: { api: 0, device: 0, agent: 0 },
    apns: { url: apns.url, ca: apns.authority.rootPem },
    logLevel: "silent",
    ...(signingUrl === undefined ? {} : { mdmcert: { url: signingUrl, key: "a-key-of-our-own" } }),
    consoleDir: CONSOLE,
    agentBundle: AGENT,
    version: "0.0.0",
  };
  let server = await startServer(config);
  started.defer(() => server.stop());
  const { firstSignInLink = "" } = server;
  const [orchard, vineyard] = await server.ensureTenants(["Orchard & Sons", "Vineyard"]);
  if (orchard === undefined || vineyard === undefined) throw new Error("two tenants were asked for");
  const token = await server.issueToken("console tests", "administrator", [orchard, vineyard]);
  const ca = readFileSync(server.caFile, "utf8");
  const [api, otherApi] = [orchard, vineyard].map((tenant) => {
    const client = openApiClient({ apiUrl: server.apiUrl, ca, token, tenantId: tenant.id });
    started.defer(() => client.close());
    return client;
  }) as [ApiClient, ApiClient];
  for (const each of [api, otherApi]) await bringPushCertificate(each, apns);

  const macs = await Promise.all(
    [api, api, api, otherApi].map(async (tenant, index) => {
      const mac = await VirtualMac.open({
        folder: path.join(folder, `mac-${index}`),
        apns,
        agentMode: "in-process",
        keyCacheDir: path.join(tmpdir(), "pomona-walk-keys"),
      });
      started.use(mac);
      await mac.enroll((await tenant.call(createInvitation, { name: `Mac ${index}` })).url, { ca });
      return mac;
    }),
  );
  const deviceIds = await until("online agents", async () => {
    const { items } = await api.call(listDevices, { agent: "online" });
    const ids = macs
      .slice(0, 3)
      .flatMap(({ model }) => items.find((each) => each.serialNumber === model.serialNumber)?.id ?? []);
    return ids.length === 3 ? ids : undefined;
  });
  for (const [index, name] of NAMES.entries()) await api.call(renameDevice, { deviceId: deviceIds[index] ?? "", name });

  const browser = await chromium.launch({ executablePath: chromiumPath ?? "", args: ["--no-sandbox", "--headless"] });
  started.defer(() => browser.close());
  const running = started.move();
  const url = server.consoleUrl.replace(/\/$/, "");
  return {
    url,
    firstSignInLink,
    token,
    tenants: [orchard, vineyard],
    dataDir,
    api,
    macs,
    apns,
    deviceIds,
    restoreBackup: async () => {
      const [api, device, agent] = [server.apiUrl, server.deviceUrl, server.agentUrl].map(portOf);
      if (api === undefined || device === undefined || agent === undefined) throw new Error("it listens on no port");
      await server.stop();
      server = await startServer({ ...config, ports: { api, device, agent }, isRestored: true });
    },
    open: (options) => openPage(browser, url, token, options),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
};

const openPage = async (
  browser: Browser,
  url: string,
  token: string,
  { stranger = false, dark = false, width = 1440 }: Parameters<TestConsole["open"]>[0] = {},
): Promise<TestPage> => {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width, height: 900 },
    colorScheme: dark ? "dark" : "light",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const errors: string[] = [];
  page.on("console", (message) => message.type() === "error" && errors.push(`${page.url()}: ${message.text()}`));
  page.on("pageerror", (error) => errors.push(`${page.url()}: ${error}`));
  const go = async (address: string) => {
    await page.goto(url + address);
    await page.locator("h1").first().waitFor();
  };
  if (!stranger) {
    await go("/sign-in");
    await page.getByLabel("Sign-in link or API token").fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
    errors.length = 0;
  }
  return { page, context, errors, go };
};
