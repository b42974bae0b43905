import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startServer } from "@pomona/server";
import { startApnsReceiver, VirtualMac } from "@pomona/testkit";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { chromiumPath } from "./chromium.ts";
import { setUpPush } from "./push-setup.ts";
import { type TestApi, testApi } from "./test-api.ts";
import { until } from "./until.ts";

const DIST = path.join(import.meta.dirname, "../../dist");
const NAMES = ["Ana’s MacBook Pro", "مكتب الاستقبال", "Zoë 🍎 Studio with a name that goes on and on"];

/** A whole server with a small fleet, and a browser before it. */
export interface TestConsole {
  readonly url: string;
  /** Where the first administrator signs in. */
  readonly firstSignInLink: string;
  readonly token: string;
  readonly tenants: readonly [{ id: string; name: string }, { id: string; name: string }];
  readonly macs: readonly VirtualMac[];
  readonly api: TestApi;
  /** Ids of the first tenant's Macs, in the order of `macs`. */
  readonly deviceIds: readonly string[];
  /** A page in a context of its own, signed in unless `stranger`; errors of the page are collected. */
  open(options?: { stranger?: boolean; dark?: boolean; width?: number }): Promise<TestPage>;
  stop(): Promise<void>;
}

export interface TestPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the console logged as an error, or threw, so far. */
  readonly errors: readonly string[];
  go(address: string): Promise<void>;
}

interface Devices {
  items: { id: string; serialNumber: string | null; agent: { online: boolean } }[];
}

/** Starts everything on free ports; its data lies in a temporary folder that goes with it. */
export const startConsole = async (): Promise<TestConsole> => {
  if (!existsSync(path.join(DIST, "index.html"))) throw new Error("the console is not built: vite build apps/console");
  const dir = mkdtempSync(path.join(tmpdir(), "pomona-console-"));
  const apns = await startApnsReceiver();
  const server = await startServer({
    dataDir: path.join(dir, "server"),
    host: "127.0.0.1",
    publicHost: "localhost",
    ports: { api: 0, device: 0, agent: 0 },
    apns: { url: apns.url, ca: apns.authority.rootPem },
    logLevel: "silent",
    consoleDir: DIST,
    version: "0.0.0",
  });
  const firstSignInLink = server.firstSignInLink ?? "";
  const [orchard, vineyard] = await server.ensureTenants(["Orchard & Sons", "Vineyard"]);
  if (orchard === undefined || vineyard === undefined) throw new Error("two tenants were asked for");
  const token = await server.issueToken("console tests", "administrator", [orchard, vineyard]);
  const ca = readFileSync(server.caFile, "utf8");
  const api = testApi(server.apiUrl, ca, token);
  for (const tenant of [orchard, vineyard]) await setUpPush(api, tenant.id, apns);

  const macs = await Promise.all(
    [orchard, orchard, orchard, vineyard].map(async (tenant, index) => {
      const folder = path.join(dir, `mac-${index}`);
      const mac = await VirtualMac.open({
        folder,
        apns,
        agentMode: "in-process",
        keyCacheDir: path.join(tmpdir(), "pomona-test-keys"),
      });
      const invitation = await api<{ url: string }>("POST", "/enrollment-invitations", tenant.id, {
        name: `Mac ${index}`,
      });
      await mac.enroll(invitation.url, { ca });
      return mac;
    }),
  );
  const deviceIds = await until("online agents", async () => {
    const { items } = await api<Devices>("GET", "/devices", orchard.id);
    const ids = macs
      .slice(0, 3)
      .map((mac) => items.find((device) => device.serialNumber === mac.model.serialNumber && device.agent.online)?.id);
    return ids.every((id) => id !== undefined) ? ids : undefined;
  });
  for (const [index, name] of NAMES.entries()) await api("PATCH", `/devices/${deviceIds[index]}`, orchard.id, { name });

  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath ?? "",
    args: ["--no-sandbox", "--headless"],
  });
  const url = server.consoleUrl.replace(/\/$/, "");
  const open: TestConsole["open"] = async ({ stranger = false, dark = false, width = 1440 } = {}) => {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      viewport: { width, height: 900 },
      colorScheme: dark ? "dark" : "light",
      acceptDownloads: true,
    });
    const page = await context.newPage();
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
      // Nobody was signed in before: the browser reports that answer as an error of its own.
      errors.length = 0;
    }
    return { page, context, errors, go };
  };
  return {
    url,
    firstSignInLink,
    token,
    tenants: [orchard, vineyard],
    macs,
    api,
    deviceIds: deviceIds as string[],
    open,
    stop: async () => {
      await browser.close();
      await Promise.all(macs.map((mac) => mac.close()));
      await server.stop();
      await apns.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
