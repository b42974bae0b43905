import type { Lane } from "@pomona/agent-protocol";
import type { AgentDoorAddress, EnrolledAgent } from "./enrolled-agent.ts";
import { type LightAgent, openLightAgent } from "./light-agent.ts";

/** Connects many agents, so many at a time. */
export async function openAgents(
  agents: readonly EnrolledAgent[],
  door: AgentDoorAddress,
  lane: Lane,
  atOnce: number,
  onMessage?: (agent: EnrolledAgent, message: string, body: unknown) => void,
): Promise<readonly LightAgent[]> {
  const open: LightAgent[] = [];
  let next = 0;
  const openNext = async (): Promise<void> => {
    while (next < agents.length) {
      const agent = agents[next++]!;
      open.push(await openLightAgent(agent, door, lane, (message, body) => onMessage?.(agent, message, body)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, openNext));
  return open;
}
