import { basename } from "node:path";
import type { Tool, ToolContext, ToolRun } from "../tool.ts";

/** `osascript -e SCRIPT -- TITLE TEXT BUTTON URL HELP`: a dialog of the agent. Its words are arguments, never script. */
export const osascript: Tool = async (run, context) => {
  const words = run.argv.slice(run.argv.indexOf("--") + 1);
  const user = context.model.consoleUser;
  if (run.argv[0] !== "-e" || !run.argv.includes("--") || words.length < 3) {
    return refuse(run, "osascript: this Mac shows only dialogs whose words are arguments");
  }
  if (user === undefined) return refuse(run, "execution error: No user interaction allowed. (-1713)");
  const [title = "", text = "", button = "", url = ""] = words;
  const chosen = await context.showDialog({ at: Date.now(), user, title, text, button, url });
  run.stdout(`button returned:${chosen}, gave up:false\n`);
  return 0;
};

/** `launchctl asuser UID PROGRAM ARGS...`: the rest runs in that user's session. */
export const launchctl: Tool = (run, context) => {
  const [verb, uid, program, ...rest] = run.argv;
  if (verb !== "asuser" || program === undefined) return refuse(run, "launchctl: this Mac knows only asuser");
  if (!isSession(context, uid)) return refuse(run, "Could not switch to audit session: 1: Operation not permitted");
  return runInner(run, context, program, rest);
};

/** `sudo -n -u #UID PROGRAM ARGS...`. */
export const sudo: Tool = (run, context) => {
  const [noPrompt, flag, user, program, ...rest] = run.argv;
  if (noPrompt !== "-n" || flag !== "-u" || user === undefined || program === undefined) {
    return refuse(run, "usage: sudo -n -u #UID program");
  }
  if (!isSession(context, user.replace(/^#/, ""))) return refuse(run, `sudo: unknown user ${user}`);
  return runInner(run, context, program, rest);
};

const isSession = ({ model }: ToolContext, uid: string | undefined): boolean =>
  model.users.some((user) => String(user.uid) === uid && user.name === model.consoleUser);

function refuse(run: ToolRun, why: string): number {
  run.stderr(`${why}\n`);
  return 1;
}

function runInner(
  run: ToolRun,
  context: ToolContext,
  program: string,
  argv: readonly string[],
): number | Promise<number> {
  const name = basename(program);
  if (name === "sudo") return sudo({ ...run, argv }, context);
  if (name === "osascript") return osascript({ ...run, argv }, context);
  return refuse(run, `${name}: command not found`);
}
