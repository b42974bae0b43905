import { getString } from "@pomona/plist";
import { formatError } from "../answer.ts";
import type { CommandHandler } from "../command-port.ts";

/** Apple: RestartDevice. */
export const restartDevice: CommandHandler = (mac) => ({ status: "Acknowledged", afterwards: () => mac.restart() });

/** Apple: ShutDownDevice. */
export const shutDownDevice: CommandHandler = (mac) => ({ status: "Acknowledged", afterwards: () => mac.shutDown() });

/** Apple: DeviceLock. On a Mac the PIN of six digits is needed, and the Mac restarts into the lock. */
export const deviceLock: CommandHandler = (mac, command) => {
  const pin = getString(command, "PIN");
  if (pin === undefined || !/^\d{6}$/.test(pin)) return formatError("PIN must have six digits.");
  return {
    status: "Acknowledged",
    response: { MessageResult: "Success" },
    afterwards: () => mac.lock(pin, getString(command, "Message") ?? ""),
  };
};
