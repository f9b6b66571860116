/** How the services of the platform are. */

import { useQuery } from "@tanstack/react-query";
import { http } from "./http";

/** Milliseconds between two looks. */
const PERIOD_MS = 5_000;

/** The state of each service, by name; the gateway asks them. */
export const usePlatform = () =>
  useQuery({
    queryKey: ["platform"],
    queryFn: async () => {
      // A platform that is not healthy says so with a status that is no failure here.
      const answer = await http.get<{ services: Record<string, string> }>("/health", {
        baseURL: "/",
        validateStatus: (status) => status === 200 || status === 503,
      });
      return answer.data.services;
    },
    refetchInterval: PERIOD_MS,
  });
