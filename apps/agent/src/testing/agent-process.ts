import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AgentSettings } from "@pomona/agent-protocol";
import { buildXmlPlist } from "@pomona/plist";
import { installFakeTools } from "./fake-tools.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/** The real agent in a process of its own, with its folders: as on a Mac, but for the tools. */
export function makeAgentProcess(program = MAIN) {
  const folder = mkdtempSync(join(tmpdir(), "pomona-agent-process-"));
  const [tools, data, prefs] = [join(folder, "tools"), join(folder, "data"), join(folder, "Managed Preferences")];
  for (const each of [tools, prefs]) mkdirSync(each);
  installFakeTools(tools);
  const settingsFile = join(prefs, "io.pomona.agent.plist");
  let child: ChildProcess | undefined;
  let log = "";
  return {
    folder,
    tools,
    data,
    log: () => log,
    /** As cfprefsd does it: another file takes the place of the old one. */
    writeSettings(settings: AgentSettings) {
      writeFileSync(`${settingsFile}.new`, buildXmlPlist({ ...settings }));
      renameSync(`${settingsFile}.new`, settingsFile);
    },
    start(env: Readonly<Record<string, string>> = {}) {
      const args = [program, "--settings", settingsFile, "--data", data, "--tools", tools];
      const started = spawn(process.execPath, args, {
        env: { PATH: "/usr/bin:/bin", ...env },
        stdio: ["ignore", "ignore", "pipe"],
      });
      started.stderr?.on("data", (chunk: Buffer) => {
        log += chunk.toString("utf8");
      });
      child = started;
    },
    /** @returns the exit code, or the signal that ended it */
    async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | string | null> {
      const ending = child;
      child = undefined;
      if (ending === undefined) return null;
      if (ending.exitCode === null && ending.signalCode === null) {
        const gone = once(ending, "exit");
        ending.kill(signal);
        await gone;
      }
      return ending.exitCode ?? ending.signalCode;
    },
    async exit(): Promise<number | null> {
      if (child !== undefined && child.exitCode === null) await once(child, "exit");
      return child?.exitCode ?? null;
    },
    async remove() {
      await this.end("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type AgentProcess = ReturnType<typeof makeAgentProcess>;
