import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { GroupCommit } from "./group-commit.ts";

/** A disk that is done when the test says so. */
function slowDisk() {
  const waiting: { done: () => void; fail: (error: Error) => void }[] = [];
  const database = new DatabaseSync(":memory:");
  let commits = 0;
  const groups = new GroupCommit(
    database,
    { sync: () => new Promise<void>((done, fail) => waiting.push({ done, fail })) },
    () => {
      commits += 1;
    },
  );
  const answers: string[] = [];
  const join = (name: string) =>
    groups.join({
      run: async () => true,
      committed: () => answers.push(name),
      lost: (error) => answers.push(`${name} lost: ${(error as Error).message.slice(0, 32)}`),
    });
  return { waiting, answers, join, commits: () => commits };
}

/** Until all that can happen without the disk has happened. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test("nobody is answered before the disk has the log", async () => {
  const disk = slowDisk();
  disk.join("first");
  await settle();
  assert.equal(disk.commits(), 1);
  assert.deepEqual(disk.answers, []);
  disk.waiting[0]!.done();
  await settle();
  assert.deepEqual(disk.answers, ["first"]);
});

test("who comes while the disk writes two groups shares the next commit, and is answered after it", async () => {
  const disk = slowDisk();
  for (const name of ["first", "second", "third", "fourth"]) {
    disk.join(name);
    await settle();
  }
  assert.equal(disk.commits(), 2);
  disk.waiting[0]!.done();
  await settle();
  assert.equal(disk.commits(), 3);
  assert.deepEqual(disk.answers, ["first"]);
  disk.waiting[1]!.done();
  disk.waiting[2]!.done();
  await settle();
  assert.deepEqual(disk.answers, ["first", "second", "third", "fourth"]);
});

test("nobody is answered before those of an earlier group, whichever the disk has first", async () => {
  const disk = slowDisk();
  disk.join("first");
  await settle();
  disk.join("second");
  await settle();
  disk.waiting[1]!.done();
  await settle();
  assert.deepEqual(disk.answers, []);
  disk.waiting[0]!.done();
  await settle();
  assert.deepEqual(disk.answers, ["first", "second"]);
});

test("a disk that fails for one group and not for the one before or after it is trusted for none of them", async () => {
  for (const failing of [0, 1]) {
    const disk = slowDisk();
    disk.join("first");
    await settle();
    disk.join("second");
    await settle();
    disk.waiting[failing]!.fail(new Error("EIO"));
    disk.waiting[1 - failing]!.done();
    await settle();
    assert.ok(
      disk.answers.every((answer) => answer.includes("lost")),
      disk.answers.join(),
    );
    assert.equal(disk.answers.length, 2);
  }
});

test("a disk that fails once is trusted no more: nothing later is answered as done", async () => {
  const disk = slowDisk();
  disk.join("first");
  await settle();
  disk.join("second");
  await settle();
  disk.waiting[0]!.fail(new Error("EIO"));
  await settle();
  disk.join("third");
  await settle();
  const lost = "lost: The store cannot write its log t";
  assert.deepEqual(disk.answers, [`first ${lost}`, `second ${lost}`, `third ${lost}`]);
  assert.equal(disk.waiting.length, 2);
});
