import { getArray, getBoolean, getDictionary, getInteger, getString, isDictionary, parsePlist } from "@pomona/plist";

/** A LaunchDaemon's property list, as far as it is modelled (man launchd.plist). */
export interface LaunchDaemon {
  readonly label: string;
  readonly programArguments: readonly [string, ...string[]];
  readonly runAtLoad: boolean;
  /** `afterFailure`: only when it did not exit with 0 (KeepAlive > SuccessfulExit false). */
  readonly keepAlive: "never" | "always" | "afterFailure";
  readonly watchPaths: readonly string[];
  /** Starts are at least so far apart; launchd's default is ten seconds. */
  readonly throttleMs: number;
}

/** Throws for a property list that launchd would refuse. */
export function readLaunchDaemon(bytes: Uint8Array): LaunchDaemon {
  const plist = parsePlist(bytes);
  if (!isDictionary(plist)) throw new Error("the launchd job is not a dictionary");
  const label = getString(plist, "Label");
  const program = getString(plist, "Program");
  const listed = (getArray(plist, "ProgramArguments") ?? []).filter((argument) => typeof argument === "string");
  const [first = program, ...rest] = listed;
  if (label === undefined || first === undefined)
    throw new Error("the launchd job has no Label or no ProgramArguments");
  const conditions = getDictionary(plist, "KeepAlive");
  const keepAlive =
    getBoolean(plist, "KeepAlive") === true
      ? "always"
      : conditions !== undefined && getBoolean(conditions, "SuccessfulExit") === false
        ? "afterFailure"
        : "never";
  return {
    label,
    programArguments: [first, ...rest],
    runAtLoad: getBoolean(plist, "RunAtLoad") ?? keepAlive === "always",
    keepAlive,
    watchPaths: (getArray(plist, "WatchPaths") ?? []).filter((path) => typeof path === "string"),
    throttleMs: (getInteger(plist, "ThrottleInterval") ?? 10) * 1000,
  };
}
