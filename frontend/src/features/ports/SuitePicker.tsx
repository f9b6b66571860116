import { Select } from "@mantine/core";
import { useSuite, useSuites } from "./suites";

/** Chooses the suite that a page shows. */
export function SuitePicker() {
  const suites = useSuites();
  const [suite, setSuite] = useSuite();
  const names = suites.data?.map((one) => ({ value: one.name, label: one.title || one.name })) ?? [];
  const data = names.some((one) => one.value === suite) ? names : [{ value: suite, label: suite }, ...names];
  return (
    <Select
      aria-label="Suite"
      data={data}
      value={suite}
      onChange={(next) => next !== null && setSuite(next)}
      searchable={data.length > 8}
      w={190}
    />
  );
}
