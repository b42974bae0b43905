import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import https from "node:https";
import { fileURLToPath } from "node:url";

/** A server in a process of its own, that a test kills. */
export interface ServerProcess {
  readonly pid: number;
  readonly apiUrl: string;
  readonly ports: { readonly api: number; readonly device: number; readonly agent: number };
  readonly caFile: string;
  readonly signInLink: string | undefined;
  /** Ends it without a word; resolves when it is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));

/**
 * `pomona start` with these settings; resolves when it says that it runs.
 * @param heard gets everything that it prints; without it errors go to our own standard error
 */
export async function startServerProcess(
  settings: Readonly<Record<string, string>>,
  heard?: (text: string) => void,
): Promise<ServerProcess> {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [MAIN, "start"], {
    env: { PATH, HOME, POMONA_HOST: "127.0.0.1", POMONA_LOG_LEVEL: "error", ...settings },
    stdio: ["ignore", "pipe", heard === undefined ? "inherit" : "pipe"],
  });
  if (heard !== undefined)
    for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding("utf8").on("data", heard);
  const text = await firstWords(child);
  const after = (label: string): string => new RegExp(`${label}\\s+(\\S+)`).exec(text)?.[1] ?? "";
  const apiUrl = after("API");
  const port = (url: string): number => Number(/:(\d+)/.exec(url.replace(/^\w+:\/\//, ""))?.[1]);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  };
  return {
    pid: child.pid!,
    apiUrl,
    ports: { api: port(apiUrl), device: port(after("Device channel")), agent: port(after("Agent channel")) },
    caFile: after("Trust this root"),
    signInLink: /\S+\/sign-in\/\S+/.exec(text)?.[0],
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
  };
}

function firstWords(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout!.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      // The last line that is always there; the link, where there is one, comes in the same write.
      if (/Trust this root.*\n/.test(text)) resolve(text);
    });
    child.once("exit", (code) => reject(new Error(`the server ended with ${String(code)}: ${text}`)));
  });
}

/** What the first administrator does: opens the link, and makes a token for programs. */
export async function firstToken(server: ServerProcess): Promise<string> {
  const ca = await readFile(server.caFile, "utf8");
  const headers = { "content-type": "application/json", "pomona-client": "test" };
  const link = server.signInLink!.split("/").at(-1);
  const session = await post(`${server.apiUrl}/session`, ca, headers, { link });
  const cookie = String(session.headers["set-cookie"]).split(";")[0]!;
  const made = await post(`${server.apiUrl}/tokens`, ca, { ...headers, cookie }, { name: "walk", role: "operator" });
  return (JSON.parse(made.text) as { token: string }).token;
}

function post(url: string, ca: string, headers: Record<string, string>, body: unknown) {
  return new Promise<{ headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const request = https.request(url, { method: "POST", ca, agent: false, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      answer.on("end", () => resolve({ headers: answer.headers, text }));
    });
    request.on("error", reject);
    request.end(JSON.stringify(body));
  });
}
