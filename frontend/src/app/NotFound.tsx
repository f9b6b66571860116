import { Button } from "@mantine/core";
import { Link } from "react-router";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/states";

/** For an address that leads nowhere. */
export function NotFound() {
  return (
    <Page title="Not found">
      <Empty
        title="There is no page at this address"
        action={
          <Button component={Link} to="/" variant="default">
            To the overview
          </Button>
        }
      >
        It may have moved, or the link is incomplete.
      </Empty>
    </Page>
  );
}
