import type { TestKernel } from "./test-kernel.ts";

/**
 * From now on no write is committed: each does its work, and is undone as the store undoes it when its disk is full (the store's
 * own tests fill one). @returns what ends it
 */
export function fillDisk(kernel: TestKernel): () => void {
  const { store } = kernel;
  const write = store.write.bind(store);
  store.write = (scope, body) =>
    write(scope, async (tx) => {
      await body(tx);
      throw new Error("database or disk is full");
    });
  return () => {
    store.write = write;
  };
}
