/** Writes pairs of rows until it is killed, and prints the number of each pair once it was answered. */
import path from "node:path";
import { asId } from "@pomona/facts";
import { systemScope } from "../../../kernel/scope.ts";
import { sqlOf } from "../../../kernel/store.ts";
import { SqliteStore } from "../sqlite-store.ts";

interface Tables {
  pairs_a: { n: number };
  pairs_b: { n: number };
}
const store = new SqliteStore({ file: path.join(process.argv[2]!, "pomona.db") });
store.migrate([
  { name: "pairs/0001", statements: ["CREATE TABLE pairs_a (n INTEGER)", "CREATE TABLE pairs_b (n INTEGER)"] },
]);
const scope = systemScope(asId<"tenant">("t1"), "test");
let next = 0;
const writeOn = async (): Promise<void> => {
  for (;;) {
    const n = (next += 1);
    await store.write(scope, async (tx) => {
      await sqlOf<Tables>(tx).insertInto("pairs_a").values({ n }).execute();
      await sqlOf<Tables>(tx).insertInto("pairs_b").values({ n }).execute();
    });
    process.stdout.write(`${n}\n`);
  }
};
await Promise.all(Array.from({ length: 8 }, writeOn));
