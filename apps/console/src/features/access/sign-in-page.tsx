import { Button, PasswordInput, Stack } from "@mantine/core";
import { useState } from "react";
import { ProblemError } from "../../client/problem-error.ts";
import { signIn } from "../../client/sign-in.ts";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { useUrlSearch } from "../../kit/url.ts";
import { safeNext } from "./safe-next.ts";
import { SignInFrame } from "./sign-in-frame.tsx";

/** A pasted link counts as its code: people paste what they were sent. */
const credentialOf = (text: string): { link: string } | { token: string } => {
  const link = /\/sign-in\/([^/?#\s]+)/.exec(text);
  return link?.[1] === undefined ? { token: text.trim() } : { link: decodeURIComponent(link[1]) };
};

/** The way in: a one-time link, or an API token. */
export const SignInPage = () => {
  const { next } = useUrlSearch();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const enter = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await signIn(credentialOf(text));
      location.assign(safeNext(next));
    } catch (cause) {
      setBusy(false);
      if (cause instanceof ProblemError) setProblem(cause);
      else throw cause;
    }
  };
  return (
    <SignInFrame title="Sign in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "" && !busy) void enter();
        }}
      >
        <Stack gap={16}>
          <PasswordInput
            size="sm"
            label="Sign-in link or API token"
            description="An administrator can make a link for you; the first one was printed when the server started for the first time."
            autoFocus
            autoComplete="off"
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {problem !== null && <ProblemPanel problem={problem} />}
          <Button size="sm" type="submit" variant="filled" loading={busy} disabled={text.trim() === ""}>
            Sign in
          </Button>
        </Stack>
      </form>
    </SignInFrame>
  );
};
