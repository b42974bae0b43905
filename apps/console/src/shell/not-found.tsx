import { Link } from "@tanstack/react-router";
import { Empty } from "../kit/empty.tsx";
import { Page } from "../kit/page.tsx";

/** An address that no page has. */
export const NotFound = () => (
  <Page title="No such page" narrow>
    <Empty title="Nothing has this address" action={<Link to="/">Go to the dashboard</Link>}>
      The link may be from a newer or older version, or cut short when it was copied.
    </Empty>
  </Page>
);
