import { decodeBase64 } from "@pomona/plist";
import { defineCommand } from "../define-command.ts";
import { base64, closed } from "./parts/fields.ts";

export const installProvisioningProfile = defineCommand({
  requestType: "InstallProvisioningProfile",
  summary: "Install a provisioning profile",
  risk: "rootEquivalent",
  input: closed({ provisioningProfile: base64(1_400_000, "the .mobileprovision in base64") }),
  payload: ({ provisioningProfile }) => ({ ProvisioningProfile: decodeBase64(provisioningProfile) }),
});
