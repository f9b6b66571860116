import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { RouterProvider } from "react-router";
import { makeQueryClient } from "@/api/queries";
import { Confirmations } from "@/ui/confirm";
import { router } from "./router";
import { SessionGate } from "./SessionGate";
import { theme } from "./theme";

const Notifications = lazy(async () => ({ default: (await import("@mantine/notifications")).Notifications }));
const client = makeQueryClient();

/** Everything. Variables and classes come from style sheets: the page may make no styles. */
export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={client}>
        <Suspense>
          <Notifications position="bottom-right" limit={4} />
        </Suspense>
        <Confirmations />
        <SessionGate>
          <RouterProvider router={router} />
        </SessionGate>
      </QueryClientProvider>
    </MantineProvider>
  );
}
