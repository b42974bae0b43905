import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { actions } from "@pomona/contract";
import { type ApiClient, ApiProblem } from "@pomona/testkit";

/** Every answer that reading gives, with the ids that are known. */
export async function everythingReadable(api: ApiClient, ids: Readonly<Record<string, string>>): Promise<string> {
  const answers: string[] = [];
  for (const action of actions) {
    const names = [...action.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    if (action.method !== "GET" || names.some((name) => ids[name] === undefined)) continue;
    const input = Object.fromEntries(names.map((name) => [name, ids[name]!]));
    const answer = await api.call(action, input as never).catch((error: unknown) => {
      // What is not there is said in words, and they are looked at like any other answer.
      if (error instanceof ApiProblem && error.problem.status === 404) return error.problem;
      throw error;
    });
    answers.push(`${action.name} ${JSON.stringify(answer)}`);
  }
  return answers.join("\n");
}

/** All that is on disk except the keys' own folder, in which the keys that seal are. */
export async function everythingStored(folder: string, database = "pomona.db"): Promise<string> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files = names.map((entry) => path.join(entry.parentPath, entry.name));
  const open = files.filter((file) => !path.relative(folder, file).startsWith("keys"));
  assert.ok(open.some((file) => file.endsWith(database)));
  return (await Promise.all(open.map((file) => readFile(file, "latin1")))).join("\n");
}
