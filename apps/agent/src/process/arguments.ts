import { parseArgs } from "node:util";
import { SETTINGS_DOMAIN } from "@pomona/agent-protocol";

/** How the executable was started. */
export interface AgentArguments {
  readonly settings: string;
  readonly data: string;
  /** A folder with the tools of macOS by their last names; absent on a Mac. */
  readonly tools: string | undefined;
  /** Stands before paths of files that are read; absent on a Mac. */
  readonly root: string | undefined;
}

/** @throws Error with a word for people for an argument that is not known */
export function parseArguments(argv: readonly string[]): AgentArguments {
  const { values } = parseArgs({
    args: [...argv],
    strict: true,
    options: {
      settings: { type: "string", default: `/Library/Managed Preferences/${SETTINGS_DOMAIN}.plist` },
      data: { type: "string", default: "/Library/Application Support/Pomona/data" },
      tools: { type: "string" },
      root: { type: "string" },
    },
  });
  return {
    settings: values.settings,
    data: values.data,
    tools: values.tools,
    root: values.root,
  };
}
