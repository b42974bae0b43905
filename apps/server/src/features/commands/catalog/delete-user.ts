import { defineCommand } from "../define-command.ts";
import { closed } from "./parts/fields.ts";
import { userName } from "./parts/user-name.ts";

/** The home folder goes with the account. The Mac refuses whoever is logged in, and the last account with a secure token. */
export const deleteUser = defineCommand({
  requestType: "DeleteUser",
  summary: "Delete an account and its files",
  risk: "destructive",
  input: closed({ userName }),
  payload: ({ userName: name }) => ({ UserName: name }),
});
