import { ExecGuard, parseEsloggerLine, splitLines } from "@pomona/agent/sensors";
import { execLine } from "@pomona/agent/sensors/simulation";
import type { CompiledRules } from "@pomona/rules";

const CHUNK = 65_536;

/** Made-up exec lines of the size that macOS prints, each of another helper of an app. */
export function sampleLines(count: number): string[] {
  return Array.from({ length: count }, (_, n) => sampleLine(n));
}

/** The lines as one stream of bytes. */
export function streamOf(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(""));
}

function sampleLine(n: number): string {
  const path = `/Applications/Editor ${n % 50}.app/Contents/Frameworks/Helper ${n}.app/Contents/MacOS/Helper ${n}`;
  const cdhash = n.toString(16).padStart(40, "b");
  const signing = { signingId: `com.example.editor.helper${n}`, teamId: "EXAMPLE123", cdhash };
  return execLine({ token: { pid: 1000 + n, pidversion: n }, path, ...signing });
}

/** The way of an event in the sensor process: chunk, line, event, process table, decision. */
export function guardedFeed(stream: Buffer, compiled: CompiledRules): () => void {
  const fail = () => {
    throw new Error("the benchmark's events are all readable and hit no rule");
  };
  const killer = { means: "none" as const, kill: fail };
  const guard = new ExecGuard({ killer, now: () => 0, onHit: fail, onBudgetSpent: fail });
  guard.setRules(compiled);
  const receivedAt = Date.now();
  const splitter = splitLines(
    2 ** 20,
    (line) => {
      const event = parseEsloggerLine(line);
      if (event === undefined) fail();
      else guard.handle(event, receivedAt);
    },
    fail,
  );
  return () => {
    for (let at = 0; at < stream.length; at += CHUNK) splitter.push(stream.subarray(at, at + CHUNK));
  };
}
