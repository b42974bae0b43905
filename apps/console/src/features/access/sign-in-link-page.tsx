import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ProblemError } from "../../client/problem-error.ts";
import { signIn } from "../../client/sign-in.ts";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { useUrlParam } from "../../kit/url.ts";
import { SignInFrame } from "./sign-in-frame.tsx";

/** A one-time link was opened. It is used by a click and not by opening: mail scanners open links, too. */
export const SignInLinkPage = () => {
  const code = useUrlParam("code");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const enter = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await signIn({ link: code });
      location.replace("/");
    } catch (cause) {
      setBusy(false);
      if (cause instanceof ProblemError) setProblem(cause);
      else throw cause;
    }
  };
  return (
    <SignInFrame title="Sign in to Pomona">
      <p style={{ marginTop: 0 }}>This link works once, for the person it was made for.</p>
      {problem !== null && (
        <ProblemPanel problem={problem}>
          <Link to="/sign-in">Sign in another way</Link>
        </ProblemPanel>
      )}
      <Button
        size="sm"
        mt={problem === null ? 0 : 16}
        variant="filled"
        fullWidth
        autoFocus
        loading={busy}
        onClick={() => void enter()}
      >
        Sign in
      </Button>
    </SignInFrame>
  );
};
