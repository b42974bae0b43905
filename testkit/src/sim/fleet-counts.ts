/** How a fleet stands. */
export interface FleetCounts {
  /** Macs that were asked for. */
  readonly macs: number;
  /** Switched on. */
  readonly running: number;
  readonly enrolled: number;
  /** Of them, with the agent's package installed. */
  readonly withAgent: number;
  /** In-process agents whose wire stands; agents in processes of their own are not counted here. */
  readonly online: number;
  /** Could not be switched on or enrolled. */
  readonly failed: number;
  /** Applications that were started, and those of them that were killed. */
  readonly launches: number;
  readonly killed: number;
}
