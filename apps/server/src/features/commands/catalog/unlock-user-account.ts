import { defineCommand } from "../define-command.ts";
import { closed } from "./parts/fields.ts";
import { userName } from "./parts/user-name.ts";

export const unlockUserAccount = defineCommand({
  requestType: "UnlockUserAccount",
  summary: "Unlock an account after too many wrong passwords",
  risk: "rootEquivalent",
  input: closed({ userName }),
  payload: ({ userName: name }) => ({ UserName: name }),
});
