/** Where the agent's things lie on a Mac; what its package and its settings profile name. */
export const AGENT_LABEL = "io.pomona.agent";
export const AGENT_SETTINGS = `/Library/Managed Preferences/${AGENT_LABEL}.plist`;
export const AGENT_DATA = "/Library/Application Support/Pomona/data";
