import type { AgentOptions } from "@pomona/agent";

/** Time spans of an in-process agent that differ from the real ones. */
export type AgentSpeed = NonNullable<AgentOptions["timings"]>;
