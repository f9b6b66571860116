import { Page } from "@/ui/Page";

export default function AssignmentsPage() {
  return <Page title="Port assignments">…</Page>;
}
