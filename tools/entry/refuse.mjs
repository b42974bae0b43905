/** A reason not to go on that is meant for the person at the terminal, not a fault of the program. */
export class Refusal extends Error {}

const OLDEST = [20, 19];

/** Throws a Refusal when `version` (as in process.versions.node) is older than the entry scripts can run on. */
export function refuseOldNode(version) {
  const [major, minor] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new Refusal(
    `this is Node ${version}, and ${OLDEST.join(".")} or newer is needed to install Pomona's own Node. ` +
      "Install a newer Node and run the same command again.",
  );
}
