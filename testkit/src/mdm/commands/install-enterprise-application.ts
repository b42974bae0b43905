import { getArray, getDictionary, getString } from "@pomona/plist";
import { formatError } from "../answer.ts";
import type { CommandHandler } from "../command-port.ts";
import { managementOf } from "./application-commands.ts";

/**
 * Apple: InstallEnterpriseApplication. macOS acknowledges once it has a manifest that it can use; the package comes afterwards.
 */
export const installEnterpriseApplication: CommandHandler = async (mac, command) => {
  const url = getString(command, "ManifestURL");
  const inline = getDictionary(command, "Manifest");
  if ((url === undefined) === (inline === undefined)) return formatError("Either Manifest or ManifestURL is needed.");
  const pinned = (getArray(command, "ManifestURLPinningCerts") ?? []).filter((der) => der instanceof Uint8Array);
  const install = await mac.installApplication(
    url === undefined ? { inline: inline ?? {} } : { url, pinned },
    managementOf(command),
  );
  return { status: "Acknowledged", afterwards: install };
};
