import { Button, type ButtonProps, Tooltip } from "@mantine/core";
import type { ActionContract } from "@pomona/contract";
import type { ReactNode } from "react";
import { useMay } from "../client/session.tsx";

interface ActionButtonProps extends ButtonProps {
  /** The action that the button performs or leads to. */
  action: Pick<ActionContract, "name">;
  onClick?: () => void;
  type?: "button" | "submit";
  form?: string;
  children: ReactNode;
}

/** A button for an action; without the permission it stays visible and says which one is missing and who grants it. */
export const ActionButton = ({ action, children, onClick, ...props }: ActionButtonProps) => {
  const may = useMay(action);
  if (may)
    return (
      <Button {...props} {...(onClick ? { onClick } : {})}>
        {children}
      </Button>
    );
  return (
    <Tooltip
      label={`You lack the permission ${action.name}. An administrator of this tenant can grant it.`}
      multiline
      maw={320}
    >
      <Button {...props} data-disabled aria-disabled onClick={(event) => event.preventDefault()}>
        {children}
      </Button>
    </Tooltip>
  );
};
