import { Autocomplete, Group, MultiSelect, Select, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { tellDone } from "@/ui/feedback";
import { FormDialog } from "@/ui/FormDialog";
import { type NewService, type Service, type ServiceChanges, useServiceActions } from "../api";
import { categoriesOf } from "../rows";

type Criticality = Service["criticality"];
type Movable = Service["movable"];

/** How much an interruption hurts, worst first. */
export const CRITICALITIES: readonly Criticality[] = ["critical", "high", "normal", "low"];

const MOVABLE: { value: Movable; label: string }[] = [
  { value: "live", label: "By itself, while it runs" },
  { value: "restart", label: "By a restart" },
  { value: "manual", label: "Only by hand" },
];

interface Props {
  suite: string;
  /** All services of the suite. */
  services: readonly Service[];
  /** The one that is changed; none makes a new one. */
  service?: Service;
  onClose: () => void;
}

/** A service to be made or changed. */
export function ServiceDialog({ suite, services, service, onClose }: Props) {
  const { form, submit } = useServiceForm(suite, service);
  const others = services.map((one) => one.service_id).filter((name) => name !== service?.service_id);
  return (
    <FormDialog
      title={service ? `Edit ${service.title}` : "Add a service"}
      form={form}
      submit={submit}
      action={service ? "Save" : "Add service"}
      onClose={onClose}
    >
      {!service && (
        <TextInput
          label="Name"
          description="What it calls itself when it asks for its port."
          required
          data-autofocus
          autoComplete="off"
          {...form.getInputProps("service_id")}
        />
      )}
      <TextInput label="Title" description="What people read; the name if empty." maxLength={100} {...form.getInputProps("title")} />
      <Group grow align="flex-start" preventGrowOverflow={false}>
        <Autocomplete label="Category" placeholder="other" data={categoriesOf(services)} maxLength={50} {...form.getInputProps("category")} />
        <Select
          label="Criticality"
          data={CRITICALITIES.map((one) => ({ value: one, label: one }))}
          {...form.getInputProps("criticality")}
        />
      </Group>
      <Group grow align="flex-start" preventGrowOverflow={false}>
        <TextInput label="Host" placeholder="as the suite says" autoComplete="off" {...form.getInputProps("host")} />
        <TextInput label="Health path" autoComplete="off" {...form.getInputProps("health_path")} />
      </Group>
      <Select label="How it changes its port" data={MOVABLE} {...form.getInputProps("movable")} />
      <MultiSelect
        label="Services that it calls"
        description="Whoever restarts one of them is told that this one calls it."
        data={others}
        searchable
        limit={50}
        hidePickedOptions
        {...form.getInputProps("depends_on")}
      />
    </FormDialog>
  );
}

/** What is typed, how it is checked, and what is sent. */
function useServiceForm(suite: string, service: Service | undefined) {
  const { create, change } = useServiceActions(suite);
  const form = useForm({
    initialValues: {
      service_id: service?.service_id ?? "",
      title: service?.title ?? "",
      category: service?.category ?? "",
      criticality: service?.criticality ?? ("normal" as Criticality),
      movable: service?.movable ?? ("live" as Movable),
      host: service?.host ?? "",
      health_path: service?.health_path ?? "/health",
      depends_on: service?.depends_on ?? [],
    },
    validate: {
      service_id: (value) =>
        /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value) ? null : "A word of letters, digits, dots, dashes and underscores",
      health_path: (value) => (/^\/\S*$/.test(value) ? null : "A path that starts with / and holds no spaces"),
    },
  });
  const submit = async ({ service_id, title, category, host, ...rest }: typeof form.values) => {
    // What is left empty is up to the port manager.
    const texts = { ...(title.trim() && { title }), ...(category.trim() && { category }) };
    if (service) await change(service_id, { ...rest, ...texts, host: host.trim() || null } satisfies ServiceChanges);
    else await create({ ...rest, ...texts, service_id, ...(host.trim() && { host: host.trim() }) } satisfies NewService);
    tellDone(service ? `${service_id} is saved` : `${service_id} is added; it has no port yet`);
  };
  return { form, submit };
}
