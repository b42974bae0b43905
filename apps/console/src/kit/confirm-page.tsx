import { Button, Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ProblemError } from "../client/problem-error.ts";
import { Page, Panel } from "./page.tsx";
import { ProblemPanel } from "./problem-panel.tsx";

interface ConfirmPageProps {
  title: string;
  /** What happens, in the terms of the person at the Mac. */
  children: ReactNode;
  /** The verb on the button. */
  verb: string;
  back: { to: string; label: string };
  problem: ProblemError | null;
  busy: boolean;
  onConfirm: () => void;
}

/** A page, not a dialog, that states the consequence before it is done. */
export const ConfirmPage = ({ title, children, verb, back, problem, busy, onConfirm }: ConfirmPageProps) => (
  <Page title={title} up={back} narrow>
    <Panel>{children}</Panel>
    {problem !== null && <ProblemPanel problem={problem} />}
    <Group gap={8}>
      <Button size="sm" color="red.8" variant="filled" loading={busy} onClick={onConfirm}>
        {verb}
      </Button>
      <Button size="sm" renderRoot={(props) => <Link to={back.to} {...props} />}>
        Keep it
      </Button>
    </Group>
  </Page>
);
