import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** The first line of a file, or of standard input; asked for without an echo where a person sits there. Never an argument. */
export async function readPassphrase(file: string | undefined, question = "Passphrase: "): Promise<string> {
  const given = file === undefined ? await ask(question) : (readFileSync(file, "utf8").split(/\r?\n/)[0] ?? "");
  if (given === "") throw new Error("No passphrase was given.");
  return given;
}

async function ask(question: string): Promise<string> {
  const { stdin } = process;
  if (stdin.isTTY) process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: stdin, output: silent, terminal: stdin.isTTY });
  try {
    for await (const line of reader) return line;
    return "";
  } finally {
    reader.close();
    if (stdin.isTTY) process.stderr.write("\n");
  }
}
