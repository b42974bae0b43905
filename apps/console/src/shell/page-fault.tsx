import type { ErrorComponentProps } from "@tanstack/react-router";
import { Page } from "../kit/page.tsx";
import { ProblemPanel } from "../kit/problem-panel.tsx";

/** What a page shows when it cannot be drawn: the reason, and a way on; the frame around it stays. */
export const PageFault = ({ error, reset }: ErrorComponentProps) => (
  <Page title="This page cannot be shown" narrow>
    <ProblemPanel problem={error instanceof Error ? error : new Error(String(error))} retry={reset} />
  </Page>
);
