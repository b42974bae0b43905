import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildAgentBundle } from "@pomona/agent/build";

let built: Promise<string> | undefined;

/** The agent of today's sources as one file, made once per process. @returns its absolute path */
export function agentBundle(): Promise<string> {
  built ??= (async () => {
    const file = path.join(await mkdtemp(path.join(tmpdir(), "pomona-agent-")), "agent.mjs");
    await buildAgentBundle(file);
    return file;
  })();
  return built;
}
