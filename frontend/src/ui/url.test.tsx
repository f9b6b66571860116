import { act, render, screen } from "@testing-library/react";
import { useEffect } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { expect, test } from "vitest";
import { useFilters } from "./url";

type Change = (changes: { a?: string; b?: string }) => void;

/** Shows the filters, and hands on how to change them. */
function Shown({ handOn }: { handOn: (change: Change) => void }) {
  const [filters, set] = useFilters({ a: "", b: "" });
  useEffect(() => handOn(set), [handOn, set]);
  return <output>{JSON.stringify(filters)}</output>;
}

test("two changes before the address follows are both kept, and a link in between counts", async () => {
  let change: Change = () => undefined;
  const handOn = (set: Change) => void (change = set);
  const router = createMemoryRouter([{ path: "*", element: <Shown handOn={handOn} /> }]);
  render(<RouterProvider router={router} />);
  await act(async () => {
    change({ a: "1" });
    change({ b: "2" });
  });
  expect(screen.getByRole("status").textContent).toBe('{"a":"1","b":"2"}');
  await act(() => router.navigate("?a=9"));
  await act(async () => change({ b: "3" }));
  expect(screen.getByRole("status").textContent).toBe('{"a":"9","b":"3"}');
  await act(async () => change({ a: "", b: "" }));
  expect(router.state.location.search).toBe("");
});
