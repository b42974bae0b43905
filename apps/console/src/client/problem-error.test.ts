import assert from "node:assert/strict";
import { test } from "node:test";
import { problemFrom } from "./problem-error.ts";

test("a problem keeps its words, its code and its request", () => {
  const problem = problemFrom(422, {
    type: "about:blank",
    title: "The rule is not valid",
    status: 422,
    code: "protection.invalid",
    detail: "Name something to match.",
    instance: "req-1",
    errors: [{ path: "/match", message: "is empty" }, { nonsense: true }],
  });
  assert.equal(problem.message, "Name something to match.");
  assert.deepEqual(
    [problem.title, problem.code, problem.instance],
    ["The rule is not valid", "protection.invalid", "req-1"],
  );
  assert.deepEqual(problem.fields, [{ path: "/match", message: "is empty" }]);
});

test("an answer that is no problem still says what happened", () => {
  for (const body of [null, "<html>", 7, [], { errors: "many" }]) {
    const problem = problemFrom(502, body);
    assert.equal(problem.code, "http.502");
    assert.equal(problem.title, "The server answered 502");
    assert.deepEqual(problem.fields, []);
  }
});
