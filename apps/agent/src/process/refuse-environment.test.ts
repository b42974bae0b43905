import assert from "node:assert/strict";
import { test } from "node:test";
import { parseArguments } from "./arguments.ts";
import { forbiddenInfluence } from "./refuse-environment.ts";

test("what would let somebody else into the process is refused by name", () => {
  for (const name of [
    "NODE_OPTIONS",
    "NODE_EXTRA_CA_CERTS",
    "NODE_PATH",
    "SSL_CERT_FILE",
    "LD_PRELOAD",
    "DYLD_INSERT_LIBRARIES",
  ]) {
    assert.equal(forbiddenInfluence({ PATH: "/bin", [name]: "secret" }, []), name);
  }
  assert.equal(forbiddenInfluence({}, ["--inspect=0.0.0.0:9229"]), "--inspect");
  assert.equal(forbiddenInfluence({}, ["-r", "x"]), "-r");
  assert.equal(
    forbiddenInfluence({ PATH: "/bin", HOME: "/", NODE_TEST_CONTEXT: "child" }, ["--disable-sigusr1"]),
    undefined,
  );
});

test("without arguments the folders are those of macOS, and unknown arguments are refused", () => {
  const given = parseArguments([]);
  assert.equal(given.settings, "/Library/Managed Preferences/io.pomona.agent.plist");
  assert.equal(given.data, "/Library/Application Support/Pomona/data");
  assert.equal(given.tools, undefined);
  assert.throws(() => parseArguments(["--unsafe"]));
});
