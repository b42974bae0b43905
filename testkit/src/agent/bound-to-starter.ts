/**
 * A module that runs the script named by its first argument, and ends it when standard input ends: a virtual Mac whose
 * process was killed has lost its power, and its agent with it. The agent stops in its own way first, which ends its sensor,
 * its tools and its scripts. A text, because the agent's disk is far from these sources, and the agent refuses Node's options.
 */
export const BOUND_TO_STARTER = `import { pathToFileURL } from "node:url";
process.argv.splice(1, 1);
const end = () => {
  setTimeout(() => process.kill(-process.pid, "SIGKILL"), 5000).unref();
  process.kill(process.pid, "SIGTERM");
};
process.stdin.once("end", end).once("error", end).resume().unref();
await import(pathToFileURL(process.argv[1]).href);
`;
