/**
 * Loaded into every isolated test file: ends the file, and fails it, when it is still running long after any test may.
 * Node's own limit is per test, so a file whose tests are done while a socket or process stays open would run for ever;
 * `--test-force-exit` is no way out, because it cuts off results that are still on their way to the runner.
 */
import { isMainThread } from "node:worker_threads";

const seconds = Number(process.env.TEST_FILE_SECONDS);
if (isMainThread && seconds > 0 && process.env.NODE_TEST_CONTEXT?.startsWith("child") === true) {
  setTimeout(() => {
    const open = process.getActiveResourcesInfo().join(", ");
    console.error(`${process.argv[1]} did not end within ${seconds} s; still open: ${open}`);
    process.exit(1);
  }, seconds * 1000).unref();
  // What a test starts, a test runner of its own too, is not a test file.
  delete process.env.TEST_FILE_SECONDS;
}
