import { Button } from "@mantine/core";
import type { ActionContract, InputOf } from "@pomona/contract";
import { useState } from "react";
import { curlOf } from "../client/curl.ts";
import { useSession } from "../client/session.tsx";
import { CodeBlock } from "./code-block.tsx";

/** The same thing as a call of the API, shown on demand. */
export const ApiCall = <C extends ActionContract>({ action, input }: { action: C; input: InputOf<C> }) => {
  const [shown, setShown] = useState(false);
  const session = useSession();
  return (
    <div>
      <Button variant="subtle" color="gray" aria-expanded={shown} onClick={() => setShown(!shown)}>
        {shown ? "Hide" : "Show"} the API call
      </Button>
      {shown && (
        <CodeBlock
          label="API call"
          text={curlOf(action, input, {
            origin: location.origin,
            tenantId: session.tenants.length > 1 ? session.tenant.id : null,
          })}
        />
      )}
    </div>
  );
};
