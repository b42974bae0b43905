import { ACCOUNT_NAME, type CreateAccountInput } from "@pomona/agent-protocol";
import type { ToolBox } from "./run-tool.ts";

const exists = async (tools: ToolBox, name: string): Promise<boolean> =>
  (await tools.run("/usr/bin/id", ["-u", name])).code === 0;

/**
 * `sysadminctl -addUser NAME -fullName FULL [-admin] -password -`: the dash makes it read the password instead of taking it from
 * its arguments, where every process of the Mac could see it. Its exit code says little, so the account is looked for afterwards.
 * @returns why it did not work; undefined when the account is there
 */
export async function createAccount(
  tools: ToolBox,
  { name, fullName, isAdmin, password }: Omit<CreateAccountInput, "nonce">,
): Promise<string | undefined> {
  if (!new RegExp(ACCOUNT_NAME).test(name)) return "The name of the account is not one that macOS takes.";
  if (await exists(tools, name)) return `There is an account ${name} on this Mac already.`;
  const { code } = await tools.run(
    "/usr/sbin/sysadminctl",
    ["-addUser", name, "-fullName", fullName, ...(isAdmin ? ["-admin"] : []), "-password", "-"],
    { input: `${password}\n`, timeoutMs: 60_000 },
  );
  if (await exists(tools, name)) return undefined;
  return code === null
    ? "sysadminctl did not end in time: it may not have taken the password from its input."
    : `sysadminctl ended with code ${code}, and there is no account ${name}.`;
}
