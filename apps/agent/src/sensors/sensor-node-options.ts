/**
 * Options of Node for the sensor process. Almost all that it allocates dies within the event, so small young spaces cost nothing and keep
 * the resident memory flat, and a bound on the old space ends a process that leaks instead of the Mac's patience.
 */
export const SENSOR_NODE_OPTIONS: readonly string[] = ["--max-semi-space-size=2", "--max-old-space-size=192"];
