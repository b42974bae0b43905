import type { MacUser } from "@pomona/contract";
import { readUserList } from "@pomona/mdm";
import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./parts/empty-input.ts";
import { storeList } from "./parts/store-list.ts";

export const userList = defineCommand({
  requestType: "UserList",
  summary: "Ask for the accounts",
  risk: "read",
  input: emptyInput,
  payload: () => ({}),
  onAcknowledged: (tx, deviceId, report) =>
    storeList<MacUser>(tx, deviceId, { kind: "users", items: readUserList(report) }),
});
