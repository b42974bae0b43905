import type { ProblemError } from "../client/problem-error.ts";
import { toast } from "./toasts.ts";

/** Says that something was not done, and why, where no form is there to say it. */
export const problemToast = (problem: ProblemError): void =>
  toast({ tone: "act", title: problem.title, text: problem.message });
