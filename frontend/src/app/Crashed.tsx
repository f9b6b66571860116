import { Button } from "@mantine/core";
import { useRouteError } from "react-router";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/states";

/** A page that broke, or whose files an update has replaced. */
export function Crashed() {
  const failure = useRouteError();
  return (
    <Page title="This page stopped working">
      <Empty
        title="This page stopped working"
        action={<Button onClick={() => location.reload()}>Load it again</Button>}
      >
        {failure instanceof Error ? failure.message : "Something unexpected happened."} If the program was just
        updated, loading the page again is all it takes.
      </Empty>
    </Page>
  );
}
