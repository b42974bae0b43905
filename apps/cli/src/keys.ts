import { changeMasterKey, configFrom, readSettings } from "@pomona/server";
import { shipped } from "./shipped.ts";

/** `pomona keys rotate-master`: told by the environment, as the server is. */
export async function rotateMaster(): Promise<void> {
  console.log(await changeMasterKey(configFrom(readSettings(process.env), shipped())));
}
