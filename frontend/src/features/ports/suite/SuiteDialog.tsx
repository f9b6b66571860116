import { Group, Select, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { tellDone } from "@/ui/feedback";
import { FormDialog } from "@/ui/FormDialog";
import { WholeNumberInput } from "@/ui/WholeNumberInput";
import type { Suite } from "../suites";
import { useSuiteActions } from "./api";

const STRATEGIES: { value: Suite["strategy"]; label: string }[] = [
  { value: "hash", label: "By name: a service finds the same port again" },
  { value: "lowest", label: "Lowest free port first" },
];

const isPort = (value: number | string) => Number.isInteger(Number(value)) && Number(value) >= 1 && Number(value) <= 65_535;

/** A suite to be made or changed. */
export function SuiteDialog({ suite, onClose }: { suite?: Suite; onClose: () => void }) {
  const { create, change } = useSuiteActions();
  const [first = "", end = 0] = suite?.port_range ?? [];
  const form = useForm({
    initialValues: {
      name: suite?.name ?? "",
      title: suite?.title ?? "",
      first: first as number | string,
      last: (suite ? end - 1 : "") as number | string,
      static_band: (suite?.static_band ?? 0) as number | string,
      strategy: suite?.strategy ?? ("hash" as Suite["strategy"]),
      host_template: suite?.host_template ?? "",
    },
    validate: {
      name: (value) => (/^[a-z0-9][a-z0-9_-]*$/.test(value) ? null : "A word of a-z, 0-9, - and _"),
      first: (value) => (isPort(value) ? null : "A port from 1 to 65535"),
      last: (value, values) =>
        !isPort(value) ? "A port from 1 to 65535" : Number(value) < Number(values.first) ? "Not below the first port" : null,
    },
  });
  const submit = async (values: typeof form.values) => {
    const body = {
      ...(values.title.trim() && { title: values.title.trim() }),
      port_range: [Number(values.first), Number(values.last) + 1],
      static_band: Number(values.static_band) || 0,
      strategy: values.strategy,
      host_template: values.host_template.trim() || null,
    };
    if (suite) await change(suite.name, body);
    else await create({ ...body, name: values.name });
    tellDone(`Suite ${values.name} is saved`);
  };
  return (
    <FormDialog title={suite ? `Edit ${suite.title || suite.name}` : "Add a suite"} form={form} submit={submit} action={suite ? "Save" : "Add suite"} onClose={onClose}>
      {!suite && (
        <TextInput label="Name" description="As services and addresses name it." required data-autofocus autoComplete="off" {...form.getInputProps("name")} />
      )}
      <TextInput label="Title" maxLength={100} autoComplete="off" {...form.getInputProps("title")} />
      <Group grow align="flex-start">
        <WholeNumberInput label="First port" required min={1} max={65_535} {...form.getInputProps("first")} />
        <WholeNumberInput label="Last port" required min={1} max={65_535} {...form.getInputProps("last")} />
      </Group>
      <WholeNumberInput
        label="Ports on request only"
        description="So many of the first ports are given only to who asks for them by number."
        min={0}
        max={65_535}
        {...form.getInputProps("static_band")}
      />
      <Select label="Choice of ports" data={STRATEGIES} {...form.getInputProps("strategy")} />
      <TextInput
        label="Hosts"
        description="Where its services run, such as {service_id}.example.org; as the port manager is set up if empty."
        maxLength={255}
        autoComplete="off"
        {...form.getInputProps("host_template")}
      />
    </FormDialog>
  );
}
