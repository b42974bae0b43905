import { getString, isDictionary, parsePlist } from "@pomona/plist";
import { isRecoveryKey } from "../../model/file-vault.ts";
import { printing, type Tool } from "../tool.ts";

/** `fdesetup status`, and `fdesetup validaterecovery -inputplist` with the key on standard input. */
export const fdesetup: Tool = (run, { model }) => {
  const [verb, option] = run.argv;
  if (verb === "status") {
    run.stdout(`FileVault is ${model.fileVault ? "On" : "Off"}.\n`);
    return 0;
  }
  if (verb !== "validaterecovery" || option !== "-inputplist") return 1;
  if (!model.fileVault) {
    run.stderr("Error: FileVault is Off.\n");
    return 11;
  }
  const plist = parsePlist(Buffer.from(run.stdin(), "utf8"));
  const key = isDictionary(plist) ? getString(plist, "Password") : undefined;
  const isRight = key !== undefined && isRecoveryKey(model, key);
  run.stdout(`${isRight}\n`);
  return isRight ? 0 : 2;
};

/** `csrutil status`. */
export const csrutil: Tool = printing(({ sip }, [verb]) =>
  verb === "status" ? `System Integrity Protection status: ${sip ? "enabled" : "disabled"}.\n` : undefined,
);

/** `scutil --get ComputerName | LocalHostName | HostName`. */
export const scutil: Tool = printing((model, [flag, key]) => {
  if (flag !== "--get") return undefined;
  if (key === "ComputerName") return `${model.name}\n`;
  return key === "LocalHostName" ? `${model.localHostName}\n` : undefined;
}, "HostName: not set");

/** `profiles status -type enrollment` and `profiles status -type bootstraptoken`. */
export const profiles: Tool = printing((model, argv) => {
  const type = argv[argv.indexOf("-type") + 1];
  if (argv[0] !== "status") return undefined;
  if (type === "enrollment") {
    const isEnrolled = model.profiles.some((profile) =>
      profile.payloads.some((payload) => payload.type === "com.apple.mdm"),
    );
    return `Enrolled via DEP: ${model.isAutomated ? "Yes" : "No"}\nMDM enrollment: ${isEnrolled ? "Yes (User Approved)" : "No"}\n`;
  }
  if (type !== "bootstraptoken") return undefined;
  const escrowed = model.bootstrapToken === undefined ? "NO" : "YES";
  return `profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: ${escrowed}\n`;
});
