import { createBrowserRouter, Navigate, type RouteObject } from "react-router";
import { FEATURES } from "./features";
import { Crashed } from "./Crashed";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

/** Paths of the older program that have another name here. */
const MOVED: Record<string, string> = { login: "/", status: "/system", workers: "/system" };

const moved: RouteObject[] = Object.entries(MOVED).map(([path, to]) => ({
  path,
  element: <Navigate to={to} replace />,
}));

/** All pages, below /app/. */
export const router = createBrowserRouter(
  [
    {
      path: "/",
      element: <Shell />,
      errorElement: <Crashed />,
      // Nothing is shown in the moment until the page's script is there.
      HydrateFallback: () => null,
      children: [
        {
          errorElement: <Crashed />,
          children: [...FEATURES.flatMap((feature) => feature.routes), ...moved, { path: "*", element: <NotFound /> }],
        },
      ],
    },
  ],
  { basename: "/app" },
);
