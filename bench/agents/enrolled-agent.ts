/** An agent that has its certificate. PEM. */
export interface EnrolledAgent {
  readonly tenantId: string;
  readonly deviceId: string;
  readonly serialNumber: string;
  readonly key: string;
  readonly certificate: string;
}

/** Where the agent channel is. `ca` is PEM. */
export interface AgentDoorAddress {
  readonly agentUrl: string;
  readonly ca: string;
}
