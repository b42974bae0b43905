import { changeMasterKey, configFrom, readSettings } from "@pomona/server";
import { shipped } from "./shipped.ts";

/** `pomona keys rotate-master`: told by the environment, as the server is. */
export function rotateMaster(): void {
  console.log(changeMasterKey(configFrom(readSettings(process.env), shipped())));
}
